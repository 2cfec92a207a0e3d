import { once } from "node:events";
import type { Server } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { createNodeServer, NODE_SERVER_LIMITS, type NodeServerOptions } from "./create-node-server.ts";

let server: Server;

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function open(options: NodeServerOptions = {}): Promise<Socket> {
  server = createNodeServer(async (request) => new Response(await request.text()), options).listen(
    0,
    "127.0.0.1",
  );
  await once(server, "listening");
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  socket.on("error", () => {});
  return socket;
}

const SOON = { headersTimeout: 50, requestTimeout: 100, connectionsCheckingInterval: 20 };

test.each([
  ["headers that never end", "GET / HTTP/1.1\r\nHost: a.example\r\nX-"],
  ["a body that never ends", "POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 10\r\n\r\nhalf"],
])("%s are cut", async (_name, bytes) => {
  const socket = await open(SOON);
  socket.write(bytes);
  socket.resume();
  // Cut may mean reset, which `once` of node:events would throw.
  await new Promise((resolve) => socket.once("close", resolve));
});

test("headers larger than the limit are 431", async () => {
  const socket = await open();
  socket.write(
    `GET / HTTP/1.1\r\nHost: a.example\r\nX-Long: ${"x".repeat(NODE_SERVER_LIMITS.maxHeaderSize)}\r\n\r\n`,
  );
  const [chunk] = (await once(socket, "data")) as [Buffer];
  expect(chunk.toString()).toMatch(/^HTTP\/1\.1 431 /);
});

test("every limit is the server's", async () => {
  (await open()).destroy();
  const { headersTimeout, requestTimeout, keepAliveTimeout, maxHeadersCount } = NODE_SERVER_LIMITS;
  expect(server).toMatchObject({ headersTimeout, requestTimeout, keepAliveTimeout, maxHeadersCount });
});
