import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { Client } from "undici";
import { afterAll, beforeAll, expect, it } from "vitest";
import { exchange } from "./exchange.ts";

const MIB = 1024 * 1024;
/** How many pieces of one byte the server sends before it ends the answer. */
let pieces = 0;
const server = createServer((socket: Socket) => {
  socket.on("error", () => undefined);
  socket.once("data", () => {
    socket.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
    socket.end(`${"1\r\nx\r\n".repeat(pieces)}0\r\n\r\n`);
  });
});
let origin: string;

beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

/** One answer over a connection of its own, as egress does it. */
async function get() {
  const client = new Client(origin);
  try {
    return await exchange(
      client,
      { method: "GET", path: "/", headers: [], body: null },
      { limits: { maxBytes: 8 * MIB, maxHeaders: 64 }, signal: AbortSignal.timeout(10_000) },
    );
  } finally {
    await client.destroy();
  }
}

it("E12: takes an answer in small pieces, but not one that is all crumbs", async () => {
  pieces = 10_000;
  expect(await get()).toMatchObject({ isComplete: true, body: Buffer.from("x".repeat(pieces)) });
  pieces = 100_000;
  const cut = await get();
  expect(cut).toMatchObject({ isComplete: false, isTooLarge: false });
  expect(cut.received).toBeLessThan(30_000);
});
