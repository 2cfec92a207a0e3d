import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ContentHash, ExecuteResponse, WireError } from "@alga-ext/protocol";
import { buildComponent } from "../../test-support/build-component.ts";
import { createTestGateway, type TestGateway } from "../../test-support/call-token.ts";
import { bodyOf, generateKeys, requestFor, startTestRunner } from "../../test-support/test-runner.ts";
import type { Runner } from "../index.ts";
import { createMemoryStorage } from "../testing/index.ts";

const GUEST = `
import { get, put } from "alga:extension/storage";
export function handler(request) {
  if (request.http.url === "/bump") {
    const found = attempt(() => get("n", "k"));
    const next = found.ok ? Number(string(found.ok.value)) + 1 : 1;
    put({ namespace: "n", key: "k", value: bytes(String(next)), revision: undefined });
    return answer(next);
  }
  return answer(request.http.method + " " + request.http.url);
}`;

let runner: Runner;
let hash: ContentHash;
let keys: ReturnType<typeof generateKeys>;
let gateway: TestGateway;

const handshake = (token: unknown) =>
  runner.fetch(
    new Request("http://runner/v1/handshake", { method: "POST", body: JSON.stringify({ token }) }),
  );
const errorOf = async (response: Response) => [response.status, ((await response.json()) as WireError).error];

beforeAll(async () => {
  const started = await startTestRunner([{ component: await buildComponent(GUEST) }], {
    storage: createMemoryStorage(),
  });
  ({ runner, keys } = started);
  hash = started.hashes[0] as ContentHash;
  gateway = createTestGateway(keys);
  const response = await handshake(await gateway.handshakeToken());
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ kid: gateway.kid });
});
afterAll(() => runner.close());

describe("POST /v1/execute", () => {
  it("runs a call that its token vouches for, uncached", async () => {
    const response = await runner.fetch(gateway.request(requestFor(hash, "/hello")));
    expect(response.status).toBe(200);
    expect(response.headers.get("cache-control")).toBe("no-store");
    const body = (await response.json()) as ExecuteResponse;
    expect(body).toMatchObject({ status: 200, error: null });
    expect(bodyOf(body)).toBe("GET /hello");
  });

  it("refuses a call without a token, and one used before", async () => {
    const bare = new Request("http://runner/v1/execute", {
      method: "POST",
      body: JSON.stringify(requestFor(hash, "/")),
    });
    expect(await errorOf(await runner.fetch(bare))).toEqual([401, "call_token_missing"]);
    const request = gateway.request(requestFor(hash, "/once"));
    const again = request.clone();
    expect((await runner.fetch(request)).status).toBe(200);
    expect(await errorOf(await runner.fetch(again))).toEqual([401, "call_token_replayed"]);
  });

  it.each([
    ["a wrong key", { key: new Uint8Array(32) }, "call_token_invalid"],
    ["another audience", { claims: { aud: "someone-else" as never } }, "call_token_invalid"],
    ["another issuer", { claims: { iss: "gw-2" } }, "call_token_invalid"],
    ["another body", { raw: JSON.stringify({ evil: true }) }, "call_token_invalid"],
    ["no algorithm", { header: { alg: "none", typ: "ext-exec+jwt" } }, "call_token_invalid"],
    ["an unknown key", { header: { alg: "HS256", typ: "ext-exec+jwt", kid: "x" } }, "call_token_unknown_key"],
    ["an old token", { claims: { iat: 1_000, exp: 1_030 } }, "call_token_expired"],
    ["a long life", { claims: { exp: Math.floor(Date.now() / 1000) + 3_600 } }, "call_token_invalid"],
  ])("refuses %s", async (_name, spoil, code) => {
    expect(await errorOf(await runner.fetch(gateway.request(requestFor(hash, "/"), spoil)))).toEqual([
      401,
      code,
    ]);
  });

  it.each([
    ["tenant", { claims: { tenant: "globex" } }],
    ["install", { claims: { sub: "other" } }],
    ["content hash", { claims: { hash: `sha256:${"0".repeat(64)}` } }],
    ["path", { claims: { path: "/admin" } }],
    ["method", { claims: { method: "DELETE" } }],
    ["routing header", { headers: { "x-alga-tenant": "globex" } }],
  ])("refuses a body that contradicts its token's %s", async (_name, spoil) => {
    const response = await runner.fetch(gateway.request(requestFor(hash, "/"), spoil));
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ status: 400, error: "context_mismatch", body_b64: null });
  });

  it("names what is malformed and caps the body", async () => {
    const malformed = requestFor(hash, "no-slash");
    expect(await (await runner.fetch(gateway.request(malformed))).json()).toMatchObject({
      status: 400,
      error: "invalid_request",
    });
    const huge = new Request("http://runner/v1/execute", {
      method: "POST",
      headers: { "content-length": String(17 * 1024 * 1024) },
      body: "{}",
    });
    expect(await errorOf(await runner.fetch(huge))).toEqual([413, "payload_too_large"]);
  });

  it("answers retries with one idempotency key from one run, per install and body", async () => {
    const install = "44444444-4444-4444-8444-444444444444";
    const headers = { "x-idempotency-key": "k-1" };
    const ask = async (path: string, options: { install: string }) =>
      (await (
        await runner.fetch(gateway.request(requestFor(hash, path, options), { headers }))
      ).json()) as ExecuteResponse;
    const send = async (path: string, options: { install: string }) => bodyOf(await ask(path, options));
    const answers = await Promise.all([
      send("/bump", { install }),
      send("/bump", { install }),
      send("/bump", { install: `${install.slice(0, -1)}5` }),
    ]);
    expect(answers).toEqual(["1", "1", "1"]);
    expect(await send("/bump", { install })).toBe("1");
    expect(await ask("/other", { install })).toMatchObject({ status: 409, error: "conflict" });
  });

  it("tells long idempotency keys apart to their last character", async () => {
    const ask = async (path: string, key: string) => {
      const request = gateway.request(requestFor(hash, path), { headers: { "x-idempotency-key": key } });
      return ((await (await runner.fetch(request)).json()) as ExecuteResponse).error;
    };
    const long = "k".repeat(255);
    expect(await ask("/bump", `${long}a`)).toBeNull();
    expect(await ask("/other", `${long}b`)).toBeNull();
    expect(await ask("/other", `${long}a`)).toBe("conflict");
  });

  it("stops for a caller that goes away", async () => {
    const controller = new AbortController();
    controller.abort();
    const request = new Request(gateway.request(requestFor(hash, "/gone")), { signal: controller.signal });
    await runner.fetch(request).catch(() => undefined);
    expect((await runner.fetch(gateway.request(requestFor(hash, "/next")))).status).toBe(200);
  });
});

describe("POST /v1/handshake", () => {
  it.each([
    ["no token", async () => undefined, "call_token_missing"],
    [
      "a session that lives too long",
      () => gateway.handshakeToken({ exp: Math.floor(Date.now() / 1000) + 3_600 }),
      "call_token_invalid",
    ],
    ["another type", () => gateway.handshakeToken({}, { typ: "JWT" }), "call_token_invalid"],
    [
      "another gateway",
      () =>
        createTestGateway({
          ...keys,
          gatewayPrivateKeyPem: generateKeys().gatewayPrivateKeyPem,
        }).handshakeToken(),
      "call_token_invalid",
    ],
    [
      "a key sealed to another runner",
      () =>
        createTestGateway({
          ...keys,
          runnerPublicKeyPem: generateKeys().runnerPublicKeyPem,
        }).handshakeToken(),
      "call_token_invalid",
    ],
  ])("refuses %s", async (_name, makeToken, code) => {
    expect(await errorOf(await handshake(await makeToken()))).toEqual([401, code]);
  });

  it("refuses a handshake from before a restart, and one from the future", async () => {
    const token = await createTestGateway(keys).handshakeToken();
    expect((await handshake(token)).status).toBe(200);
    let nowMs = Date.now() + 1_000;
    const { runner: restarted } = await startTestRunner([], {
      gatewayPublicKeyPem: keys.gatewayPublicKeyPem,
      runnerPrivateKeyPem: keys.runnerPrivateKeyPem,
      clock: () => nowMs,
    });
    const replay = async (again: string) =>
      restarted.fetch(
        new Request("http://runner/v1/handshake", { method: "POST", body: JSON.stringify({ token: again }) }),
      );
    expect(await errorOf(await replay(token))).toEqual([401, "call_token_expired"]);
    const iat = Math.floor(nowMs / 1000);
    const future = await createTestGateway(keys).handshakeToken({ iat: iat + 20, exp: iat + 300 });
    expect(await errorOf(await replay(future))).toEqual([401, "call_token_invalid"]);
    const skewed = await createTestGateway(keys).handshakeToken({ iat, exp: iat + 300 });
    expect((await replay(skewed)).status).toBe(200);
    nowMs += 20_000;
    expect((await replay(future)).status).toBe(200);
    await restarted.close();
  });

  it("refuses a handshake used before", async () => {
    const token = await createTestGateway(keys).handshakeToken();
    expect((await handshake(token)).status).toBe(200);
    expect(await errorOf(await handshake(token))).toEqual([401, "call_token_replayed"]);
  });
});

describe("operations", () => {
  it("reports health, readiness and metrics with the wall tier", async () => {
    const health = await runner.fetch(new Request("http://runner/healthz"));
    expect(await health.json()).toMatchObject({ cache_writable: true, wall: runner.wall });
    expect((await runner.fetch(new Request("http://runner/readyz"))).status).toBe(200);
    const metrics = await (await runner.fetch(new Request("http://runner/metrics"))).text();
    expect(metrics).toContain(`alga_runner_wall_info{tier="${runner.wall}"} 1`);
    expect(metrics).toMatch(/alga_runner_calls_total\{code="ok"\} \d+/);
    expect((await runner.fetch(new Request("http://runner/v1/other"))).status).toBe(404);
  });
});
