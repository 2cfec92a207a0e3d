import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createRunner, type Runner } from "../create-runner.ts";
import { createMemoryBundles } from "../testing/index.ts";
import { generateKeys } from "../../test-support/test-runner.ts";
import { serve, type RunnerServer } from "./serve.ts";

const LISTEN = { host: "127.0.0.1", port: 0, uiPort: 0, maxConnections: 1_000, exitWithStdin: false };
let runner: Runner;
let surfaces: RunnerServer;
/** Paths of requests that reached a handler. */
let reached: string[] = [];

beforeAll(async () => {
  const keys = generateKeys();
  const made = await createRunner({
    bundles: createMemoryBundles(new Map()),
    trust: null,
    allowUnsigned: true,
    gatewayPublicKeyPem: keys.gatewayPublicKeyPem,
    runnerPrivateKeyPem: keys.runnerPrivateKeyPem,
  });
  runner = {
    ...made,
    listener(req, res) {
      reached.push(req.url ?? "");
      made.listener(req, res);
    },
    fetchUi(request) {
      reached.push(new URL(request.url).pathname);
      return made.fetchUi(request);
    },
  };
  surfaces = await serve(runner, LISTEN, { headersMs: 300, requestMs: 600, checkMs: 50 });
});
afterAll(async () => {
  await surfaces.close();
  await runner.close();
});

/** Everything that comes back until the connection ends. */
async function answerOf(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  socket.on("error", () => undefined);
  await new Promise((resolve) => socket.once("close", resolve));
  return Buffer.concat(chunks).toString("latin1");
}
async function say(port: number, text: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  const answer = answerOf(socket);
  socket.end(text);
  return await answer;
}
const statuses = (answer: string): number[] =>
  [...answer.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1]));

const PORTS = [
  ["the internal API", () => surfaces.port],
  ["the UI", () => surfaces.uiPort],
] as const;
const SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";

describe.each(PORTS)("lengths that two readers could read in two ways, to %s", (_surface, port) => {
  it.each([
    ["both", "Content-Length: 4\r\nTransfer-Encoding: chunked"],
    ["both, the other way round", "Transfer-Encoding: chunked\r\nContent-Length: 4"],
    ["two lengths", "Content-Length: 4\r\nContent-Length: 5"],
    ["a list of lengths", "Content-Length: 4, 5"],
    ["a signed length", "Content-Length: +4"],
    ["a negative length", "Content-Length: -1"],
    ["a hexadecimal length", "Content-Length: 0x4"],
    ["an encoding before chunked", "Transfer-Encoding: identity, chunked, identity"],
    ["an unknown encoding", "Transfer-Encoding: xchunked"],
    ["chunked with a tail", "Transfer-Encoding: chunkedd"],
    ["a blank before the colon", "Transfer-Encoding : chunked"],
    ["a folded header", "Transfer-Encoding:\r\n chunked"],
    ["a vertical tab", "Transfer-Encoding: \u000bchunked"],
    ["a bare carriage return", "X: a\rContent-Length: 4"],
    ["a NUL in a value", "X: a\u0000b\r\nContent-Length: 0"],
  ])("%s: refused, and what follows is no request", async (_name, headers) => {
    reached = [];
    const text = `POST /v1/handshake HTTP/1.1\r\nHost: a\r\n${headers}\r\n\r\n0\r\n\r\n${SMUGGLED}`;
    const answer = await say(port(), text);
    expect(statuses(answer).every((status) => status === 400)).toBe(true);
    expect(reached.filter((path) => path === "/smuggled")).toEqual([]);
  });

  it.each([
    ["a chunk size with a sign", "+4\r\nbody\r\n0\r\n\r\n"],
    ["a chunk longer than said", "2\r\nbody\r\n0\r\n\r\n"],
    ["a chunk size beyond counting", "fffffffffffffffff\r\nbody\r\n0\r\n\r\n"],
  ])("%s: no request comes of it", async (_name, body) => {
    reached = [];
    const text = `POST /v1/handshake HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${body}${SMUGGLED}`;
    await say(port(), text);
    expect(reached.filter((path) => path === "/smuggled")).toEqual([]);
  });
});

describe.each(PORTS)("clients that take their time, to %s", (_surface, port) => {
  it.each([
    ["in the headers", "GET /nowhere HTTP/1.1\r\nHost: a\r\nx: "],
    ["in the body", "POST /v1/handshake HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{"],
    ["before they say anything", ""],
  ])("%s are cut, while others are answered", async (_name, text) => {
    const sockets = Array.from({ length: 50 }, () => connect(port(), "127.0.0.1"));
    const answers = sockets.map(answerOf);
    await Promise.all(sockets.map((socket) => once(socket, "connect")));
    for (const socket of sockets) socket.write(text);
    const other = await say(port(), "GET /nowhere HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    expect(statuses(other)).toEqual([404]);
    for (const answer of await Promise.all(answers))
      expect([[], [408], [404, 408]]).toContainEqual(statuses(answer));
  });
});

it.each(PORTS)("700 headers are refused by %s", async (_surface, port) => {
  const headers = Array.from({ length: 700 }, (_none, at) => `x-${at}: y\r\n`).join("");
  const answer = await say(port(), `GET /healthz HTTP/1.1\r\nHost: a\r\n${headers}\r\n`);
  // Which one depends on whether their size or their number is noticed first.
  expect([[400], [431]]).toContainEqual(statuses(answer));
});

describe.each(["port", "uiPort"] as const)("more connections than places, to the %s", (which) => {
  const MOST = 8;
  /** Where every request waits until the test lets go. */
  async function start(maxConnections = MOST) {
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const warnings: string[] = [];
    let asked = 0;
    const hold = (): Promise<void> => {
      asked += 1;
      return held;
    };
    const ignore = () => undefined;
    const server = await serve(
      {
        ...runner,
        listener: (_req, res) => void hold().then(() => res.end("late")),
        fetchUi: () => hold().then(() => new Response("late")),
      },
      { ...LISTEN, maxConnections },
      { logger: { info: ignore, error: ignore, warn: (message) => void warnings.push(message) } },
    );
    const open = async () => {
      const socket = connect(server[which], "127.0.0.1");
      const answer = answerOf(socket);
      await once(socket, "connect");
      return { socket, answer };
    };
    const ask = async () => {
      const [one, before] = [await open(), asked];
      one.socket.write("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
      await vi.waitFor(() => expect(asked).toBe(before + 1), { interval: 5, timeout: 10_000 });
      // In an object: the answer itself is not waited for.
      return { text: one.answer };
    };
    return { server, release, warnings, open, ask };
  }

  it("silent ones make room, the longest silent first", async () => {
    const { server, release, warnings, open, ask } = await start();
    const silent = [];
    for (let at = 0; at < 3 * MOST; at += 1) silent.push(await open());
    // The first two thirds and more are gone, without a word.
    for (const { answer } of silent.slice(0, -MOST / 2)) expect(await answer).toBe("");
    expect(silent.slice(-MOST / 2).map(({ socket }) => socket.destroyed)).toEqual([
      false,
      false,
      false,
      false,
    ]);
    release();
    expect(await (await ask()).text).toContain("late");
    expect(warnings).toEqual([]);
    await server.close();
  });

  it("who has the only place is served", async () => {
    const { server, release, ask } = await start(1);
    release();
    expect(await (await ask()).text).toContain("late");
    await server.close();
  });

  it("those that wait for an answer keep theirs; who finds none is cut, and the log says so once", async () => {
    const { server, release, warnings, open, ask } = await start();
    const answers: { readonly text: Promise<string> }[] = [];
    for (let at = 0; at < MOST; at += 1) answers.push(await ask());
    for (let at = 0; at < MOST; at += 1) expect(await (await open()).answer).toBe("");
    expect(warnings).toHaveLength(1);
    release();
    for (const { text } of answers) expect(await text).toContain("late");
    expect(await (await ask()).text).toContain("late");
    await server.close();
  });
});

describe("close", () => {
  it("ends idle connections at once and others after their answer", async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const { promise: asked, resolve: onAsked } = Promise.withResolvers<void>();
    const other = await serve(
      {
        ...runner,
        async fetchUi() {
          onAsked();
          await held;
          return new Response("late");
        },
      },
      LISTEN,
    );
    const idle = connect(other.uiPort, "127.0.0.1");
    await once(idle, "connect");
    const busy = connect(other.uiPort, "127.0.0.1");
    const answer = answerOf(busy);
    busy.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    await asked;
    const closed = other.close();
    await answerOf(idle);
    release();
    expect(await answer).toMatch(/connection: close[\s\S]*late/i);
    await closed;
  });
});
