import { once } from "node:events";
import { createServer, request as httpRequest, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ContentHash } from "@alga-ext/protocol";
import { buildComponent } from "../../test-support/build-component.ts";
import { createTestGateway, type TestGateway } from "../../test-support/call-token.ts";
import { requestFor, startTestRunner } from "../../test-support/test-runner.ts";
import type { Runner } from "../index.ts";

let runner: Runner;
let hash: ContentHash;
let gateway: TestGateway;
let server: Server;
let base: string;

beforeAll(async () => {
  const component = await buildComponent(
    `import { fetch } from "alga:extension/http";
     export function handler({ http }) {
       if (http.url === "/wait") try { fetch({ method: "GET", url: "https://a.example/", headers: [] }); } catch {}
       return answer("grüße".length + string(http.body));
     }`,
  );
  const started = await startTestRunner([{ component }], { limits: { executeBodyBytes: 4_096 } });
  ({ runner } = started);
  hash = started.hashes[0] as ContentHash;
  gateway = createTestGateway(started.keys);
  server = createServer(runner.listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const token = await gateway.handshakeToken();
  const opened = await fetch(`${base}/v1/handshake`, { method: "POST", body: JSON.stringify({ token }) });
  expect(opened.status).toBe(200);
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await runner.close();
});

/** The test gateway's request, to the server. */
async function send(request: Request): Promise<Response> {
  return await fetch(`${base}/v1/execute`, {
    method: "POST",
    headers: request.headers,
    body: await request.text(),
  });
}

describe("the internal listener", () => {
  it("answers a call as fetch does", async () => {
    const body = requestFor(hash, "/", {
      http: { method: "POST", path: "/", body_b64: Buffer.from("x").toString("base64") },
    });
    const [direct, web] = [await send(gateway.request(body)), await runner.fetch(gateway.request(body))];
    expect([direct.status, direct.headers.get("content-type"), direct.headers.get("cache-control")]).toEqual([
      web.status,
      web.headers.get("content-type"),
      web.headers.get("cache-control"),
    ]);
    const [one, other] = [await direct.json(), await web.json()] as Record<string, unknown>[];
    expect({ ...one, usage: null }).toEqual({ ...other, usage: null });
    expect(Buffer.from(String(one?.["body_b64"]), "base64").toString()).toBe("5x");
  });

  it.each([
    ["a wrong key", 401, "call_token_invalid", { key: Buffer.alloc(32) }],
    ["another body", 401, "call_token_invalid", { raw: "{}" }],
    ["a body that is too large", 413, "payload_too_large", { raw: "x".repeat(5_000) }],
  ])("refuses %s as fetch does", async (_name, status, error, spoil) => {
    const body = requestFor(hash, "/");
    const direct = await send(gateway.request(body, spoil));
    expect([direct.status, await direct.json()]).toEqual([status, expect.objectContaining({ error })]);
    expect((await runner.fetch(gateway.request(body, spoil))).status).toBe(status);
  });

  it("refuses a body without end, and takes the next connection", async () => {
    const request = httpRequest(`${base}/v1/execute`, { method: "POST" });
    request.on("error", () => undefined);
    const answered = once(request, "response");
    request.write("x".repeat(5_000));
    const [response] = (await answered) as [{ statusCode: number; destroy(): void }];
    expect(response.statusCode).toBe(413);
    response.destroy();
    expect((await send(gateway.request(requestFor(hash, "/")))).status).toBe(200);
  });

  it("refuses a second Host, and leaves every other path to fetch", async () => {
    const request = httpRequest(`${base}/v1/execute`, {
      method: "POST",
      headers: ["host", "a", "host", "b", "content-length", "0"],
    });
    request.end();
    const [response] = (await once(request, "response")) as [{ statusCode: number; resume(): void }];
    response.resume();
    expect(response.statusCode).toBe(400);
    expect((await fetch(`${base}/healthz`)).status).toBe(200);
    expect((await fetch(`${base}/v1/execute`)).status).toBe(404);
  });
});
