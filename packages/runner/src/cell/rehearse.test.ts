import { array, assert, integer, property } from "fast-check";
import { describe, expect, it } from "vitest";
import type { ContextGuest } from "./context/context-host.ts";
import { rehearse } from "./rehearse.ts";

const frame = (text: string) => Buffer.from(text);

function setUp(sizes: { engineBytes: number; frameBytes: number; calls: number }) {
  const onStage: Uint8Array[] = [];
  const ends: (readonly Uint8Array[])[] = [];
  let say: (text: string) => void = () => undefined;
  const stage: ContextGuest = { alloc: (length) => new Uint8Array(length), receive: () => undefined };
  const take = rehearse(sizes, {
    open(write) {
      say = (text) => write(frame(text));
      return stage;
    },
    give: (_guest, chunk) => void onStage.push(Uint8Array.from(chunk)),
    onEnd: (chunks) => void ends.push([...chunks]),
  });
  return { take, say: (text: string) => say(text), onStage, ends };
}

describe("rehearse", () => {
  it("keeps what is behind the rehearsal from it, however the pipe cuts", () => {
    assert(
      property(
        integer({ min: 1, max: 20 }),
        integer({ min: 1, max: 20 }),
        array(integer({ min: 1, max: 9 })),
        (engineBytes, frameBytes, cuts) => {
          const all = Buffer.from(Array.from({ length: engineBytes + frameBytes + 15 }, (_, index) => index));
          const { take, say, onStage, ends } = setUp({ engineBytes, frameBytes, calls: 1 });
          let at = 0;
          for (const length of [...cuts, all.length]) {
            // The pipe is read into one buffer, again and again.
            const chunk = Buffer.from(all.subarray(at, (at += length)));
            take(chunk);
            chunk.fill(0xff);
          }
          say('{"t":"result","id":1}');
          expect(Buffer.concat(onStage)).toEqual(all.subarray(0, engineBytes + frameBytes));
          const kept = [all.subarray(0, engineBytes), all.subarray(engineBytes + frameBytes)];
          expect(ends.map((chunks) => Buffer.concat(chunks))).toEqual([Buffer.concat(kept)]);
        },
      ),
    );
  });

  it("ends once, with the last call, whatever comes of it", () => {
    const { take, say, ends } = setUp({ engineBytes: 1, frameBytes: 1, calls: 3 });
    take(frame("er"));
    say('{"t":"up"}{"t":"engine"}{"t":"loaded","guest":0}{"t":"result","id":1}');
    say('{"t":"host","id":2}{"t":"trap","id":2}');
    expect(ends).toHaveLength(0);
    say('{"t":"result","id":3}');
    say('{"t":"result","id":4}');
    expect(ends).toHaveLength(1);
  });

  it("ends when there is nothing to call", () => {
    const { take, say, ends } = setUp({ engineBytes: 1, frameBytes: 1, calls: 3 });
    take(frame("er"));
    say('{"t":"unloadable","guest":0,"message":""}');
    expect(ends).toHaveLength(1);
  });
});
