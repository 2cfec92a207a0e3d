import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import type { SandboxedProcess } from "../wall/sandboxed-process.ts";
import { createFrameDecoder, type Frame } from "./frame.ts";
import { openFrameChannel } from "./frame-channel.ts";

function setUp() {
  const stdin = new PassThrough({ highWaterMark: 1 << 20 });
  let isKilled = false;
  const child: SandboxedProcess = {
    pid: undefined,
    get isWritable() {
      return !stdin.destroyed;
    },
    get unreadBytes() {
      return stdin.writableLength;
    },
    write: (parts, onTaken) => {
      for (const part of parts) stdin.write(part);
      if (onTaken !== undefined) stdin.write("", () => onTaken());
    },
    endInput: () => void stdin.end(),
    onOutput: () => undefined,
    complaint: () => "",
    ended: new Promise(() => undefined),
    kill: () => void (isKilled = true),
  };
  const violations: Error[] = [];
  const channel = openFrameChannel(child, {
    maxFrameBytes: 1_000,
    onFrame: () => undefined,
    onViolation: (violation) => violations.push(violation),
  });
  const written = async (): Promise<Frame[]> => {
    await new Promise((resolve) => setImmediate(resolve));
    stdin.end();
    return createFrameDecoder(1 << 20).push(Buffer.concat((await stdin.toArray()) as Buffer[]));
  };
  return { channel, written, violations, isKilled: () => isKilled };
}

it("keeps the order of frames, whole or in parts", async () => {
  const { channel, written } = setUp();
  channel.send({ t: "first" }, Uint8Array.of(1));
  channel.sendParts({ t: "second" }, [Uint8Array.of(2, 3), new Uint8Array(0), Uint8Array.of(4)]);
  channel.send({ t: "third" });
  const frames = await written();
  expect(frames.map(({ header, body }) => [header["t"], ...body])).toEqual([
    ["first", 1],
    ["second", 2, 3, 4],
    ["third"],
  ]);
});

it("kills a process that reads none of 160 MiB, however they are sent", () => {
  const { channel, violations, isKilled } = setUp();
  const part = new Uint8Array(81 * 1024 * 1024);
  channel.sendParts({ t: "load" }, [part, part]);
  expect(isKilled()).toBe(false);
  channel.sendParts({ t: "load" }, []);
  expect(isKilled()).toBe(true);
  expect(violations).toHaveLength(1);
});
