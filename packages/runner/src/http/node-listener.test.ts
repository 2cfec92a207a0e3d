import { createServer, type Server } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Runner } from "../create-runner.ts";
import { createRunner } from "../create-runner.ts";
import { generateKeys } from "../../test-support/test-runner.ts";
import { createMemoryBundles } from "../testing/index.ts";
import { toNodeListener } from "./node-listener.ts";
import { serve, type RunnerServer } from "../server/serve.ts";

let runner: Runner;
let surfaces: RunnerServer;
let failing: Server;

beforeAll(async () => {
  const keys = generateKeys();
  runner = await createRunner({
    bundles: createMemoryBundles(new Map()),
    trust: null,
    allowUnsigned: true,
    gatewayPublicKeyPem: keys.gatewayPublicKeyPem,
    runnerPrivateKeyPem: keys.runnerPrivateKeyPem,
  });
  surfaces = await serve(runner, {
    host: "127.0.0.1",
    port: 0,
    uiPort: 0,
    maxConnections: 100,
    exitWithStdin: false,
  });
  failing = createServer(
    toNodeListener((request) => {
      if (new URL(request.url).pathname === "/sync") throw new TypeError("bug");
      return Promise.reject(new TypeError("bug"));
    }),
  );
  failing.listen(0, "127.0.0.1");
  await once(failing, "listening");
});
afterAll(async () => {
  failing.close();
  await surfaces.close();
  await runner.close();
});

/** Say these bytes and return all that comes back before the connection ends. */
async function say(port: number, text: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  socket.on("error", () => undefined);
  socket.end(text);
  await new Promise((resolve) => socket.once("close", resolve));
  return Buffer.concat(chunks).toString("latin1");
}
/** The status, or 0 for a connection that was closed instead. */
const statusOf = (answer: string): number =>
  answer === "" ? 0 : Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1]);

describe.each([
  ["the internal API", () => surfaces.port],
  ["the UI", () => surfaces.uiPort],
])("raw requests to %s", (_surface, port) => {
  it.each([
    ["TRACE", "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", [405]],
    ["CONNECT", "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", [0]],
    ["an unknown method", "BREW / HTTP/1.1\r\nHost: a\r\n\r\n", [400]],
    ["two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", [400]],
    ["no Host", "GET / HTTP/1.1\r\n\r\n", [400]],
    ["a bad Host", "GET / HTTP/1.1\r\nHost: a b/@[\r\n\r\n", [400]],
    ["an absolute target", "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", [400]],
    ["a network-path target", "GET //a/b HTTP/1.1\r\nHost: a\r\n\r\n", [400]],
    ["an asterisk target", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", [400]],
    ["a target with a backslash", "GET /\\a HTTP/1.1\r\nHost: a\r\n\r\n", [400]],
    ["a target with dots", "GET /a/../healthz HTTP/1.1\r\nHost: a\r\n\r\n", [400]],
    ["huge headers", `GET / HTTP/1.1\r\nHost: a\r\nx: ${"x".repeat(70_000)}\r\n\r\n`, [431, 0]],
    ["many headers", `GET / HTTP/1.1\r\nHost: a\r\n${"x: y\r\n".repeat(150)}\r\n`, [400, 431]],
    ["chunks in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", [400]],
    ["HTTP/1.0", "GET /nowhere HTTP/1.0\r\n\r\n", [404]],
    ["an upgrade", "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n", [404]],
    ["no HTTP", "\u0016\u0003\u0001\r\n\r\n", [400]],
    [
      "a body that breaks off",
      "POST /v1/handshake HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{",
      [0, 400, 404, 500],
    ],
  ])("answer or refuse %s, and live on", async (_name, text, statuses) => {
    const answer = await say(port(), text);
    expect(statuses).toContain(statusOf(answer));
    expect(statusOf(await say(port(), "GET /nowhere HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))).toBe(
      404,
    );
  });
});

describe("toNodeListener", () => {
  it.each(["/sync", "/async"])("answers 500 for a handler that fails: %s", async (path) => {
    const { port } = failing.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    expect([response.status, await response.json()]).toEqual([500, { error: "internal_error" }]);
  });

  it("answers a body above the cap instead of cutting the connection", async () => {
    const response = await fetch(`http://127.0.0.1:${surfaces.port}/v1/handshake`, {
      method: "POST",
      body: new ReadableStream({
        start(controller) {
          for (let index = 0; index < 8; index += 1) controller.enqueue(new Uint8Array(16 * 1024));
          controller.close();
        },
      }),
      duplex: "half",
    } as RequestInit);
    expect(response.status).toBe(413);
  });
});
