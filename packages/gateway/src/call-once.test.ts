import { describe, expect, test } from "vitest";
import { GatewayError } from "./errors.ts";
import { createTestGateway, type TestGateway } from "./testing/create-test-gateway.ts";
import { createFakeInvoker, guestAnswer } from "./testing/fake-invoker.ts";
import { createMemoryIdempotency } from "./memory-idempotency.ts";
import { anInstall, aPrincipal, createFakeInstalls } from "./testing/tenants.ts";

const PATH = "/api/ext/acme-labs.agreements/agreements";
const json = { "content-type": "application/json" };

async function post(
  gateway: TestGateway,
  change: { path?: string; method?: string; key?: string | null; body?: string; signal?: AbortSignal } = {},
) {
  const { path = PATH, method = "POST", key = "key-1", body = '{"title":"x"}', signal } = change;
  const response = await gateway.call(path, {
    method,
    headers: { ...json, ...(key === null ? {} : { "x-idempotency-key": key }) },
    ...(method === "GET" ? {} : { body }),
    ...(signal === undefined ? {} : { signal }),
  });
  const text = await response.text();
  const { error } = (text.startsWith("{") ? JSON.parse(text) : {}) as { error?: string };
  return { status: response.status, error, text, headers: response.headers };
}

describe("a call under a key", () => {
  test("is made once, and its repetition gets the same answer without using anything up", async () => {
    let answers = 0;
    const places: string[] = [];
    const invoker = createFakeInvoker(() => ({
      status: 201,
      headers: { ...json, etag: '"1"', "set-cookie": "a=b" },
      body_b64: btoa(`{"n":${++answers}}`),
    }));
    const { tenantId, registryId } = anInstall();
    const lease = { id: "l1", tenantId, registryId, windowStart: "2027-01-15T08:00:00.000Z", reserve: {} };
    const quota = {
      async take() {
        places.push("taken");
        return { allowed: true as const, lease };
      },
      release: async () => undefined,
    };
    const gateway = createTestGateway({ invoker, quota });
    const first = await post(gateway);
    const second = await post(gateway);
    expect([first.status, first.text, first.headers.get("idempotency-replayed")]).toEqual([
      201,
      '{"n":1}',
      null,
    ]);
    expect([second.status, second.text, second.headers.get("idempotency-replayed")]).toEqual([
      201,
      '{"n":1}',
      "true",
    ]);
    expect(second.headers.get("etag")).toBe('"1"');
    expect(second.headers.has("set-cookie")).toBe(false);
    expect([answers, places.length, gateway.audit.rows().length]).toEqual([1, 1, 1]);
  });

  test("is another call with another body, query or content type: 422", async () => {
    const gateway = createTestGateway();
    await post(gateway);
    const reused = { status: 422, error: "idempotency_key_reused" };
    expect(await post(gateway, { body: '{"title":"y"}' })).toMatchObject(reused);
    expect(await post(gateway, { path: `${PATH}?a=1` })).toMatchObject(reused);
    const bare = await gateway.call(PATH, {
      method: "POST",
      headers: { "x-idempotency-key": "key-1", "content-type": "text/plain" },
      body: '{"title":"x"}',
    });
    expect(bare.status).toBe(422);
    expect(gateway.invoker.calls).toHaveLength(1);
  });

  test("that is under way is 409 with a time to come back", async () => {
    const gate = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    const invoker = createFakeInvoker(async () => {
      arrived.resolve();
      await gate.promise;
      return {};
    });
    const gateway = createTestGateway({ invoker });
    const first = post(gateway);
    await arrived.promise;
    const second = await post(gateway);
    expect(second).toMatchObject({ status: 409, error: "idempotency_key_in_use" });
    expect(second.headers.get("retry-after")).toBe("1");
    gate.resolve();
    expect((await first).status).toBe(200);
    expect((await post(gateway)).status).toBe(200);
    expect(invoker.calls).toHaveLength(1);
  });

  test("goes on when its caller is gone, who finds the answer on coming back", async () => {
    const gate = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<AbortSignal>();
    const invoker = createFakeInvoker(async (_call, signal) => {
      arrived.resolve(signal);
      await gate.promise;
      return { status: 201 };
    });
    const gateway = createTestGateway({ invoker });
    const caller = new AbortController();
    const first = post(gateway, { signal: caller.signal });
    const signal = await arrived.promise;
    caller.abort();
    expect(signal.aborted).toBe(false);
    let isClosed = false;
    const closed = gateway.close().then(() => (isClosed = true));
    await Promise.resolve();
    expect(isClosed).toBe(false);
    gate.resolve();
    await Promise.all([first, closed]);
    expect((await post(gateway)).status).toBe(201);
    expect(invoker.calls).toHaveLength(1);
  });

  test.each(["deadline_exceeded", "runner_crashed", "execute_failed", "memory_exceeded", "internal_error"])(
    "that ended with %s may have done its work: the repetition hears the same and nothing is done",
    async (error) => {
      const gateway = createTestGateway({ invoker: createFakeInvoker(() => ({ error })) });
      const first = await post(gateway);
      const second = await post(gateway);
      expect(second).toMatchObject({ status: first.status, error: first.error });
      expect(gateway.invoker.calls).toHaveLength(1);
    },
  );

  test.each(["overloaded", "bundle_fetch_failed", "component_rejected", "quota_exceeded"])(
    "that ended with %s was not made: the repetition makes it",
    async (error) => {
      let isDown = true;
      const invoker = createFakeInvoker(() => (isDown ? { error } : {}));
      const gateway = createTestGateway({ invoker });
      expect((await post(gateway)).error).toBe(error);
      isDown = false;
      expect((await post(gateway)).status).toBe(200);
    },
  );

  test("whose time was over before the extension was asked can be made later, and the caller hears when", async () => {
    const errors = ["deadline_exceeded: not_started", null];
    const invoker = createFakeInvoker(() => ({ error: errors.shift() ?? null }));
    const gateway = createTestGateway({ invoker });
    const { status, error, headers } = await post(gateway);
    expect([status, error, headers.get("retry-after")]).toEqual([504, "deadline_exceeded", "1"]);
    expect((await post(gateway)).status).toBe(200);
    expect(invoker.calls).toHaveLength(2);
  });

  test.each([
    ["a quota that is down", { quota: { take: () => Promise.reject(new Error("down")) } }],
    ["a log that is down", { audit: { started: () => Promise.reject(new Error("down")) } }],
  ])("that %s kept from being made can be made later", async (_name, broken) => {
    const idempotency = createMemoryIdempotency();
    const finished = async () => undefined;
    const release = async () => undefined;
    const down = createTestGateway({
      idempotency,
      ...("quota" in broken ? { quota: { ...broken.quota, release } } : {}),
      ...("audit" in broken ? { audit: { ...broken.audit, finished, rows: () => [] } } : {}),
    });
    expect((await post(down)).status).toBe(503);
    expect((await post(createTestGateway({ idempotency }))).status).toBe(200);
  });

  test("with an answer too large to keep is still made once", async () => {
    const body_b64 = btoa("x".repeat(1024 * 1024));
    const gateway = createTestGateway({ invoker: createFakeInvoker(() => ({ body_b64 })) });
    expect((await post(gateway)).text).toHaveLength(1024 * 1024);
    expect(await post(gateway)).toMatchObject({ status: 409, error: "conflict" });
    expect(gateway.invoker.calls).toHaveLength(1);
  });

  test("whose answer cannot be kept is answered, and its key stays taken", async () => {
    const warned: string[] = [];
    const logger = { warn: (event: string) => void warned.push(event), error: () => {} };
    const idempotency = { ...createMemoryIdempotency(), keep: () => Promise.reject(new Error("down")) };
    const gateway = createTestGateway({ idempotency, logger });
    expect((await post(gateway)).status).toBe(200);
    expect((await post(gateway)).status).toBe(409);
    expect(warned).toContain("idempotency_keep_failed");
  });

  test("is refused when nobody knows whether it was made before", async () => {
    const claim = async () => ({ state: "lost" as const });
    const lost = createTestGateway({ idempotency: { ...createMemoryIdempotency(), claim } });
    expect(await post(lost)).toMatchObject({ status: 409, error: "conflict" });
    const broken = () => Promise.reject(new Error("down"));
    const down = createTestGateway({ idempotency: { ...createMemoryIdempotency(), claim: broken } });
    expect(await post(down)).toMatchObject({ status: 503, error: "access_policy_unavailable" });
    expect([...lost.invoker.calls, ...down.invoker.calls]).toEqual([]);
  });

  test("is nobody else's: another user, path or method has the key to itself", async () => {
    let userId = "user-1";
    const gateway = createTestGateway({ authenticate: async () => aPrincipal({ userId }) });
    const item = "/api/ext/acme-labs.agreements/agreements/7";
    await post(gateway);
    await post(gateway, { path: item, method: "PUT" });
    await post(gateway, { path: item, method: "PATCH" });
    userId = "user-2";
    await post(gateway);
    expect(gateway.invoker.calls).toHaveLength(4);
    // The two routes lead to the same place.
    await post(gateway, { path: PATH.replace("/api/ext/", "/api/ext-proxy/") });
    expect(gateway.invoker.calls).toHaveLength(4);
  });

  test("whoever lost the right to make it does not get its answer either", async () => {
    let isInstalled = true;
    const installs = {
      ...createFakeInstalls(),
      resolve: async () => (isInstalled ? anInstall() : null),
    };
    const gateway = createTestGateway({ installs, installCacheMs: 0 });
    await post(gateway);
    isInstalled = false;
    expect((await post(gateway)).status).toBe(404);
  });
});

test("without a key of the caller's, and for a GET, every call is made", async () => {
  const gateway = createTestGateway();
  await post(gateway, { key: null });
  await post(gateway, { key: null });
  await post(gateway, { method: "GET" });
  await post(gateway, { method: "GET" });
  expect(gateway.invoker.calls).toHaveLength(4);
});

describe("one more try", () => {
  const failing = (errors: (string | GatewayError | null)[]) =>
    createFakeInvoker(() => {
      const next = errors.shift() ?? null;
      if (next instanceof GatewayError) throw next;
      return guestAnswer({ error: next });
    });
  const refused = () => new GatewayError("runner_unreachable", "refused", { retryable: true });

  test.each([
    ["POST", "not_admitted: full", 200],
    ["GET", "runner_crashed", 200],
    ["POST", refused(), 200],
  ])("%s after %s", async (method, error, status) => {
    const invoker = failing([error]);
    const gateway = createTestGateway({ invoker });
    expect((await post(gateway, { method, key: null })).status).toBe(status);
    const [first, second] = invoker.calls;
    expect(invoker.calls).toHaveLength(2);
    expect(second?.idempotencyKey).toBe(first?.idempotencyKey);
    const { timeout_ms = 0 } = second?.request.limits ?? {};
    expect(timeout_ms).toBeGreaterThan(0);
    expect(timeout_ms).toBeLessThan(first?.request.limits?.timeout_ms ?? 0);
  });

  test.each([
    ["POST", "runner_crashed", 502],
    ["POST", new GatewayError("runner_crashed", "lost"), 502],
    ["GET", new GatewayError("runner_crashed", "lost"), 502],
    ["GET", "deadline_exceeded", 504],
    ["GET", "overloaded", 503],
    ["GET", "execute_failed", 500],
  ])("but not %s after %s", async (method, error, status) => {
    const invoker = failing([error]);
    expect((await post(createTestGateway({ invoker }), { method, key: null })).status).toBe(status);
    expect(invoker.calls).toHaveLength(1);
  });

  test("and never a third", async () => {
    const invoker = failing(["not_admitted", "not_admitted", null]);
    const answer = await post(createTestGateway({ invoker }));
    expect([answer.status, invoker.calls.length]).toEqual([503, 2]);
  });

  test("and none without time for it", async () => {
    const invoker = failing(["not_admitted"]);
    const gateway = createTestGateway({ invoker, timeoutMs: 10 });
    expect((await post(gateway)).status).toBe(503);
    expect(invoker.calls).toHaveLength(1);
  });
});

describe("a schema of the endpoint", () => {
  const request = {
    type: "object",
    properties: { title: { type: "string", maxLength: 5 } },
    required: ["title"],
    additionalProperties: false,
  };
  const withSchema = () =>
    createTestGateway({
      installs: createFakeInstalls([
        anInstall({
          endpoints: [
            { method: "POST", path: "/agreements", handler: "dist/main", request },
            { method: "GET", path: "/agreements", handler: "dist/main", request },
          ],
        }),
      ]),
    });

  test.each([
    ['{"title":"x"}', 200, undefined],
    ['{"title":"much too long"}', 400, "invalid_request"],
    ["{}", 400, "invalid_request"],
    ['{"title":"x","more":1}', 400, "invalid_request"],
    ["[]", 400, "invalid_request"],
    ["{", 400, "invalid_request"],
    ["", 400, "invalid_request"],
  ])("takes or refuses %s: %i", async (body, status, error) => {
    const gateway = withSchema();
    const answer = await post(gateway, { body, key: null });
    expect([answer.status, answer.error]).toEqual([status, error]);
    expect(gateway.invoker.calls).toHaveLength(status === 200 ? 1 : 0);
    expect(gateway.audit.rows()).toHaveLength(status === 200 ? 1 : 0);
  });

  test("is about JSON", async () => {
    const send = async (type: string) => {
      const headers = { "content-type": type };
      const body = new TextEncoder().encode('{"title":"x"}');
      return (await withSchema().call(PATH, { method: "POST", headers, body })).status;
    };
    expect(await send("application/json; charset=utf-8")).toBe(200);
    expect(await send("application/merge-patch+json")).toBe(200);
    expect(await send("text/plain")).toBe(415);
  });

  test("does not concern a GET, which has no body", async () => {
    expect((await post(withSchema(), { method: "GET" })).status).toBe(200);
  });
});
