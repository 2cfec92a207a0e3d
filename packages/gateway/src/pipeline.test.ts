import { describe, expect, test, vi } from "vitest";
import type { ExecuteResponse, Principal } from "@alga-ext/protocol";
import { GatewayError } from "./errors.ts";
import { createFakeInvoker, type FakeInvoker } from "./testing/fake-invoker.ts";
import { createMemoryAudit } from "./testing/memory-audit.ts";
import { createTestGateway } from "./testing/create-test-gateway.ts";
import { anInstall, aPrincipal, createFakeInstalls } from "./testing/tenants.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const body = '{"title":"x"}';
const json = { "content-type": "application/json" };

/** Both routes are one implementation, so every row runs on both. */
describe.each(["/api/ext", "/api/ext-proxy"])("%s", (base) => {
  const ext = `${base}/acme-labs.agreements`;
  const as = (principal: Partial<Principal>) => ({ authenticate: async () => aPrincipal(principal) });
  const lastCall = (invoker: FakeInvoker) => invoker.calls.at(-1)!;

  describe("answers", () => {
    test.each(["GET", "POST", "PUT", "PATCH", "DELETE"])(
      "%s reaches the guest and its answer the caller",
      async (method) => {
        const gateway = createTestGateway({
          invoker: createFakeInvoker(() => ({ status: 201, headers: { ...json, etag: '"1"' } })),
        });
        const path = method === "POST" ? "/agreements" : "/agreements/7";
        const response = await gateway.call(`${ext}${path}?a=1&b=2`, {
          method,
          ...(method === "GET" ? {} : { body, headers: json }),
        });
        expect(response.status).toBe(201);
        expect(await response.json()).toEqual({ ok: true });
        expect(response.headers.get("etag")).toBe('"1"');
        expect(lastCall(gateway.invoker).request.http).toMatchObject({
          method,
          path,
          query: { a: "1", b: "2" },
        });
      },
    );

    test("HEAD is a GET without its body", async () => {
      const gateway = createTestGateway();
      const response = await gateway.call(`${ext}/agreements`, { method: "HEAD" });
      expect(response.status).toBe(200);
      expect(await response.text()).toBe("");
      expect(lastCall(gateway.invoker).request.http.method).toBe("GET");
    });

    test("an empty path is /", async () => {
      const gateway = createTestGateway();
      expect((await gateway.call(ext)).status).toBe(200);
      expect(lastCall(gateway.invoker).request.http.path).toBe("/");
    });

    test.each([
      "acme-labs.agreements",
      "ACME-Labs.Agreements",
      anInstall().registryId,
      anInstall().installId,
    ])("the id %s is accepted", async (id) => {
      expect((await createTestGateway().call(`${base}/${id}/agreements`)).status).toBe(200);
    });

    test.each([400, 401, 404, 422, 500, 503])("a guest's own %s passes", async (status) => {
      const gateway = createTestGateway({ invoker: createFakeInvoker(() => ({ status })) });
      const response = await gateway.call(`${ext}/agreements`);
      expect(response.status).toBe(status);
      expect(await response.json()).toEqual({ ok: true });
      await gateway.close();
      expect(gateway.audit.rows()[0]?.finished).toMatchObject({
        status: "upstream_error",
        httpStatus: status,
        error: "extension_error_status",
      });
    });
  });

  describe("refusals", () => {
    const install = anInstall();
    const cases: [
      string,
      number,
      string,
      Parameters<typeof createTestGateway>[0],
      string,
      { method?: string; body?: string; headers?: Record<string, string> }?,
    ][] = [
      ["no session", 401, "unauthenticated", { authenticate: async () => null }, "/agreements"],
      ["a session without user", 401, "unauthenticated", as({ userId: "" }), "/agreements"],
      ["a session without tenant", 401, "missing_tenant", as({ tenantId: "" }), "/agreements"],
      [
        "a header for another tenant",
        403,
        "tenant_mismatch",
        {},
        "/agreements",
        { headers: { "x-alga-tenant": "globex" } },
      ],
      [
        "a legacy header for another tenant",
        403,
        "tenant_mismatch",
        {},
        "/agreements",
        { headers: { "x-tenant-id": "globex" } },
      ],
      ["another tenant's install", 404, "extension_not_available", as({ tenantId: "globex" }), "/agreements"],
      [
        "a resolver that answers across tenants",
        404,
        "extension_not_available",
        { ...as({ tenantId: "globex" }), installs: { resolve: async () => install } },
        "/agreements",
      ],
      ["an undeclared path", 404, "endpoint_not_found", {}, "/nothing"],
      ["an undeclared method", 404, "endpoint_not_found", {}, "/agreements", { method: "DELETE" }],
      ["a method nobody has", 405, "method_not_allowed", {}, "/agreements", { method: "PROPFIND" }],
      ["a path with two readings", 400, "invalid_path", {}, "/a%2f..%2fagreements"],
      ["a GET without read", 403, "forbidden", as({ permissions: ["extension:write"] }), "/agreements"],
      [
        "a POST without write",
        403,
        "forbidden",
        as({ permissions: ["extension:read", "extension:manage"] }),
        "/agreements",
        { method: "POST", body, headers: json },
      ],
      [
        "a portal user where the portal is closed",
        403,
        "forbidden",
        as({ userType: "client", clientId: "c1" }),
        "/agreements",
      ],
      [
        "a portal user without client",
        403,
        "forbidden",
        { ...as({ userType: "client" }), installs: createFakeInstalls([anInstall({ clientPortal: true })]) },
        "/agreements",
      ],
      ["the host's own policy", 403, "forbidden", { authorize: () => false }, "/agreements"],
      [
        "an empty bucket",
        429,
        "rate_limited",
        { rateLimiter: { take: async () => ({ allowed: false, retryAfterMs: 1200 }) } },
        "/agreements",
      ],
      [
        "a quota that is used up",
        429,
        "quota_exceeded",
        {
          quota: {
            take: async () => ({ allowed: false, limit: "invocations", value: 10, retryAfterMs: 90_000 }),
            release: async () => undefined,
          },
        },
        "/agreements",
      ],
      [
        "a quota that is down",
        503,
        "access_policy_unavailable",
        { quota: { take: () => Promise.reject(new Error("down")), release: async () => undefined } },
        "/agreements",
      ],
      [
        "a limiter that is down",
        503,
        "access_policy_unavailable",
        { rateLimiter: { take: () => Promise.reject(new Error("down")) } },
        "/agreements",
      ],
      [
        "a resolver that is down",
        503,
        "access_policy_unavailable",
        { installs: { resolve: () => Promise.reject(new Error("down")) } },
        "/agreements",
      ],
      [
        "a session store that is down",
        503,
        "access_policy_unavailable",
        { authenticate: () => Promise.reject(new Error("down")) },
        "/agreements",
      ],
      [
        "a body over the cap",
        413,
        "payload_too_large",
        { maxBodyBytes: 4 },
        "/agreements",
        { method: "POST", body, headers: json },
      ],
      [
        "an idempotency key that is none",
        400,
        "invalid_request",
        {},
        "/agreements",
        { method: "POST", body, headers: { ...json, "x-idempotency-key": "a b" } },
      ],
    ];
    test.each(cases)("%s is %i %s", async (_name, status, code, options, path, init) => {
      const gateway = createTestGateway(options);
      const response = await gateway.call(`${ext}${path}`, {
        ...init,
        headers: { ...init?.headers, "x-request-id": "r1" },
      });
      expect(response.status).toBe(status);
      expect(await response.json()).toMatchObject({ error: code, requestId: "r1" });
      expect(response.headers.get("x-request-id")).toBe("r1");
      expect(response.headers.get("cache-control")).toBe("no-store");
      expect(response.headers.get("content-type")).toBe("application/json");
      expect(response.headers.has("access-control-allow-origin")).toBe(false);
      expect(gateway.invoker.calls).toHaveLength(0);
    });

    test("absent and foreign are the same answer to the byte (G11)", async () => {
      const gateway = createTestGateway(as({ tenantId: "globex" }));
      const headers = { "x-request-id": "r1" };
      const ids = [install.installId, install.registryId, install.slug, "no.such", crypto.randomUUID()];
      const answers = await Promise.all(
        ids.map(async (id) => {
          const response = await gateway.call(`${base}/${id}/agreements`, { headers });
          return { status: response.status, headers: [...response.headers], body: await response.text() };
        }),
      );
      for (const answer of answers) expect(answer).toEqual(answers[0]);
    });

    test("429 says when to come back, at least a second", async () => {
      for (const [retryAfterMs, seconds] of [
        [1, "1"],
        [1200, "2"],
      ] as const) {
        const rateLimiter = { take: async () => ({ allowed: false, retryAfterMs }) as const };
        const response = await createTestGateway({ rateLimiter }).call(`${ext}/agreements`);
        expect(response.headers.get("retry-after")).toBe(seconds);
      }
    });

    test("the default bucket holds 60", async () => {
      const gateway = createTestGateway({ clock: () => 0 });
      for (let index = 0; index < 60; index++) await gateway.call(`${ext}/agreements`);
      expect((await gateway.call(`${ext}/agreements`)).status).toBe(429);
    });

    test("405 names the methods", async () => {
      const response = await createTestGateway().call(`${ext}/agreements`, { method: "PROPFIND" });
      expect(response.headers.get("allow")).toBe("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
    });

    test("a log that cannot be written refuses the call", async () => {
      const audit = { ...createMemoryAudit(), started: () => Promise.reject(new Error("disk full")) };
      const gateway = createTestGateway({ audit });
      const response = await gateway.call(`${ext}/agreements`);
      expect(response.status).toBe(503);
      expect(await response.json()).toMatchObject({ error: "access_policy_unavailable" });
      expect(gateway.invoker.calls).toHaveLength(0);
    });
  });

  describe("runner failures", () => {
    const cases: [string, number, string][] = [
      ["deadline_exceeded", 504, "deadline_exceeded"],
      ["runner_crashed: the cell was killed", 502, "runner_crashed"],
      ["bundle_fetch_failed: /srv/blobs/x", 502, "bundle_fetch_failed"],
      ["component_rejected: imports wasi:http", 422, "component_rejected"],
      ["execute_failed: trap", 500, "execute_failed"],
      ["memory_exceeded", 500, "memory_exceeded"],
      ["response_too_large", 502, "response_too_large"],
      ["secret_decrypt_failed", 500, "secret_decrypt_failed"],
      ["overloaded", 503, "overloaded"],
      ["not_admitted", 503, "not_admitted"],
      ["missing_routing_headers", 502, "bad_gateway"],
      ["call_token_expired", 502, "bad_gateway"],
      ["something_new: 1", 502, "bad_gateway"],
      ["toString", 502, "bad_gateway"],
    ];
    test.each(cases)("logical error %s is %i %s", async (error, status, code) => {
      const gateway = createTestGateway({ invoker: createFakeInvoker(() => ({ status: 599, error })) });
      const response = await gateway.call(`${ext}/agreements`);
      const text = await response.text();
      expect(response.status).toBe(status);
      expect(JSON.parse(text)).toMatchObject({
        error: code,
        requestId: expect.stringMatching(UUID) as string,
      });
      expect(text).not.toContain("/srv/blobs");
      await gateway.close();
      const timeout = code === "deadline_exceeded";
      expect(gateway.audit.rows()[0]?.finished).toMatchObject({
        status: timeout ? "timeout" : "error",
        httpStatus: status,
        error: timeout ? "timeout" : error,
      });
    });

    test.each(["runner_unreachable", "runner_crashed", "bad_gateway"] as const)(
      "%s of the invoker passes",
      async (code) => {
        const invoker = createFakeInvoker(() => Promise.reject(new GatewayError(code, "x")));
        const response = await createTestGateway({ invoker }).call(`${ext}/agreements`);
        expect(response.status).toBe(502);
        expect(await response.json()).toMatchObject({ error: code });
      },
    );

    test("anything else an invoker throws is bad_gateway", async () => {
      const invoker = createFakeInvoker(() => Promise.reject(new Error("ECONNRESET 10.0.0.7")));
      const response = await createTestGateway({ invoker }).call(`${ext}/agreements`);
      expect(response.status).toBe(502);
      expect(await response.text()).not.toContain("10.0.0.7");
    });

    test.each<Partial<ExecuteResponse>>([{ status: 101 }, { status: 600 }, { body_b64: "%%%" }])(
      "%j is bad_gateway",
      async (answer) => {
        const response = await createTestGateway({ invoker: createFakeInvoker(() => answer) }).call(
          `${ext}/agreements`,
        );
        expect(response.status).toBe(502);
        expect(await response.json()).toMatchObject({ error: "bad_gateway" });
      },
    );

    test("an invoker that never settles is cut after the deadline and the guard", async () => {
      vi.useFakeTimers();
      try {
        const aborted = vi.fn<() => void>();
        const invoker = createFakeInvoker((_call, signal) => {
          signal.addEventListener("abort", aborted);
          return new Promise<never>(() => {});
        });
        const gateway = createTestGateway({ invoker, timeoutMs: 1000 });
        const pending = gateway.call(`${ext}/agreements`);
        await vi.advanceTimersByTimeAsync(2499);
        expect(aborted).not.toHaveBeenCalled();
        await vi.advanceTimersByTimeAsync(1);
        const response = await pending;
        expect(response.status).toBe(504);
        expect(await response.json()).toMatchObject({ error: "deadline_exceeded" });
        expect(aborted).toHaveBeenCalledOnce();
      } finally {
        vi.useRealTimers();
      }
    });

    test("a caller that left before the call is not waited for", async () => {
      const caller = new AbortController();
      const gateway = createTestGateway({
        authenticate: async () => {
          caller.abort();
          return aPrincipal();
        },
        invoker: createFakeInvoker(() => new Promise<never>(() => {})),
      });
      expect((await gateway.call(`${ext}/agreements`, { signal: caller.signal })).status).toBe(502);
    });

    test("a caller that goes away aborts the call", async () => {
      const arrived = Promise.withResolvers<AbortSignal>();
      const invoker = createFakeInvoker((_call, signal) => {
        arrived.resolve(signal);
        return new Promise<never>(() => {});
      });
      const gateway = createTestGateway({ invoker });
      const caller = new AbortController();
      const pending = gateway.call(`${ext}/agreements`, { signal: caller.signal });
      const signal = await arrived.promise;
      caller.abort();
      await pending;
      await gateway.close();
      expect(signal.aborted).toBe(true);
      expect(gateway.audit.rows()[0]?.finished).toMatchObject({
        status: "error",
        error: "client_disconnected",
      });
    });
  });

  describe("what the runner gets", () => {
    test("context, limits, grants and user come from session and install", async () => {
      const envelope = { ciphertext_b64: "eA==", algorithm: "jwe" };
      const install = anInstall({
        config: { region: "eu" },
        egress: ["api.example"],
        secretEnvelope: envelope,
        clientPortal: true,
      });
      const gateway = createTestGateway({
        ...as({ userType: "client", clientId: "c1", clientName: "Client One", permissions: [] }),
        installs: createFakeInstalls([install]),
        timeoutMs: 7000,
      });
      await gateway.call(`${ext}/agreements`, { headers: { "x-request-id": "r1" } });
      expect(lastCall(gateway.invoker).request).toMatchObject({
        context: {
          request_id: "r1",
          tenant_id: "acme",
          extension_id: install.registryId,
          install_id: install.installId,
          content_hash: install.contentHash,
          version_id: install.versionId,
          config: { region: "eu" },
        },
        limits: { timeout_ms: 7000 },
        providers: install.providers,
        egress: ["api.example"],
        secret_envelope: envelope,
        user: {
          user_id: "user-1",
          user_email: "ada@acme.example",
          user_name: "Ada",
          user_type: "client",
          client_name: "Client One",
          client_id: "c1",
        },
      });
    });

    test.each([
      [
        { timeout_ms: 500, host_calls: 9 },
        { timeout_ms: 500, host_calls: 9 },
      ],
      [{ timeout_ms: 60_000 }, { timeout_ms: 7000 }],
    ])("limits of the install %j, but no longer than we wait", async (limits, expected) => {
      const secretHosts = { key: ["api.example"] };
      const installs = createFakeInstalls([anInstall({ limits, secretHosts })]);
      const gateway = createTestGateway({ installs, timeoutMs: 7000 });
      await gateway.call(`${ext}/agreements`);
      const { request } = lastCall(gateway.invoker);
      expect([request.limits, request.secret_hosts]).toEqual([expected, secretHosts]);
    });

    test("of the caller's headers only the allowed ones, and identity set by us (G05)", async () => {
      const gateway = createTestGateway();
      await gateway.call(`${ext}/agreements`, {
        method: "POST",
        body,
        headers: {
          ...json,
          accept: "application/json",
          "accept-encoding": "gzip",
          "user-agent": "test/1",
          "x-request-id": "r1",
          "x-idempotency-key": "key-1",
          authorization: "Bearer host-session",
          cookie: "session=1",
          "x-alga-tenant": "acme",
          "x-alga-extension": "someone.else",
          "x-tenant": "globex",
          "x-ext-install-id": "other",
          "x-user-id": "root",
          "x-forwarded-for": "10.0.0.1",
          forwarded: "for=10.0.0.1",
          "x-runner-auth": "guess",
          "x-api-key": "guess",
        },
      });
      expect(lastCall(gateway.invoker).request.http.headers).toEqual({
        ...json,
        accept: "application/json",
        "accept-encoding": "gzip",
        "user-agent": "test/1",
        "x-request-id": "r1",
        "x-idempotency-key": "key-1",
        "x-alga-tenant": "acme",
        "x-alga-extension": anInstall().registryId,
      });
    });

    test.each(["ok-1_2.3", "a".repeat(128)])("keeps the request id %s", async (id) => {
      const response = await createTestGateway().call(`${ext}/agreements`, {
        headers: { "x-request-id": id },
      });
      expect(response.headers.get("x-request-id")).toBe(id);
    });

    test.each(["", "a b", "a".repeat(129), "<script>", "ä"])("replaces the request id %j", async (id) => {
      const response = await createTestGateway().call(`${ext}/agreements`, {
        headers: { "x-request-id": id },
      });
      expect(response.headers.get("x-request-id")).toMatch(UUID);
    });

    test("the idempotency key is the caller's, else the request id, and a GET has none", async () => {
      const gateway = createTestGateway();
      const send = async (method: string, headers: Record<string, string>) => {
        await gateway.call(`${ext}/agreements`, { method, headers: { "x-request-id": "r1", ...headers } });
        return lastCall(gateway.invoker).idempotencyKey;
      };
      expect(await send("POST", { "x-idempotency-key": "key-1" })).toBe("key-1");
      expect(await send("POST", {})).toBe("r1");
      expect(await send("GET", { "x-idempotency-key": "key-1" })).toBeUndefined();
    });

    test("the body is exact bytes; an absent one is absent, and a GET has none", async () => {
      const gateway = createTestGateway();
      const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => index % 256);
      await gateway.call(`${ext}/agreements`, { method: "POST", body: bytes });
      const sent = lastCall(gateway.invoker).request.http.body_b64 ?? "";
      expect(Buffer.from(sent, "base64").equals(bytes)).toBe(true);
      await gateway.call(`${ext}/agreements`, { method: "POST" });
      expect(lastCall(gateway.invoker).request.http).not.toHaveProperty("body_b64");
      await gateway.call(`${ext}/agreements`);
      expect(lastCall(gateway.invoker).request.http).not.toHaveProperty("body_b64");
    });

    test("of a repeated query key the last wins", async () => {
      const gateway = createTestGateway();
      await gateway.call(`${ext}/agreements?a=1&a=2&__proto__=x&%20=%26`);
      expect(lastCall(gateway.invoker).request.http.query).toEqual(
        Object.fromEntries([
          ["a", "2"],
          ["__proto__", "x"],
          [" ", "&"],
        ]),
      );
    });
  });

  describe("the log", () => {
    test("has the row before the call and closes it after", async () => {
      const audit = createMemoryAudit();
      const log_lines = [{ ts: "2026-01-01T00:00:00Z", level: "info" as const, message: "hello" }];
      const usage = { duration_ms: 1, egress_bytes: 7, host_calls: 3, log_lines };
      const invoker = createFakeInvoker(() => {
        expect(audit.rows()).toHaveLength(1);
        return { status: 201, usage };
      });
      const gateway = createTestGateway({ audit, invoker, clock: () => 1_800_000_000_000 });
      await gateway.call(`${ext}/agreements/7?secret=1`, { headers: { "x-request-id": "r1" } });
      await gateway.close();
      const install = anInstall();
      expect(audit.rows()).toEqual([
        {
          started: {
            requestId: "r1",
            tenantId: "acme",
            installId: install.installId,
            registryId: install.registryId,
            versionId: install.versionId,
            method: "GET",
            path: "/agreements/7",
            endpointTemplate: "/agreements/:id",
            principalKind: "internal",
            userId: "user-1",
            startedAt: "2027-01-15T08:00:00.000Z",
          },
          finished: {
            tenantId: "acme",
            status: "ok",
            httpStatus: 201,
            durationMs: 0,
            error: null,
            egressBytes: 7,
            hostCalls: 3,
            cpuMs: 0,
            memoryMbMs: 0,
            lease: null,
            lines: log_lines,
            finishedAt: "2027-01-15T08:00:00.000Z",
          },
        },
      ]);
    });

    test("what a call took from its quota goes back with its row, or at once when there is no row", async () => {
      const { tenantId, registryId } = anInstall();
      const lease = { id: "l1", tenantId, registryId, windowStart: "2027-01-15T08:00:00.000Z", reserve: {} };
      const released: unknown[] = [];
      const quota = {
        take: async () => ({ allowed: true as const, lease }),
        release: async (given: unknown) => void released.push(given),
      };
      const usage = {
        duration_ms: 100,
        cpu_ms: 12.4,
        memory_mb: 3,
        egress_bytes: 0,
        host_calls: 0,
        log_lines: [],
      };
      const audit = createMemoryAudit();
      const gateway = createTestGateway({ audit, quota, invoker: createFakeInvoker(() => ({ usage })) });
      expect((await gateway.call(`${ext}/agreements`)).status).toBe(200);
      await gateway.close();
      expect(audit.rows()[0]?.finished).toMatchObject({ lease, cpuMs: 12, memoryMbMs: 300 });
      expect(released).toEqual([]);

      const deaf = { ...createMemoryAudit(), started: () => Promise.reject(new Error("down")) };
      const refusing = createTestGateway({ audit: deaf, quota });
      expect((await refusing.call(`${ext}/agreements`)).status).toBe(503);
      await refusing.close();
      expect(released).toEqual([lease]);
    });

    test("a row that cannot be closed does not take the answer away", async () => {
      const audit = { ...createMemoryAudit(), finished: () => Promise.reject(new Error("down")) };
      const warn = vi.fn<() => void>();
      const gateway = createTestGateway({ audit, logger: { warn, error: () => {} } });
      expect((await gateway.call(`${ext}/agreements`)).status).toBe(200);
      await gateway.close();
      expect(warn).toHaveBeenCalledOnce();
    });
  });

  describe("other sites", () => {
    const post = (headers: Record<string, string>, options: Parameters<typeof createTestGateway>[0] = {}) =>
      createTestGateway(options).call(`${ext}/agreements`, {
        method: "POST",
        body,
        headers: { ...json, ...headers },
      });
    const cookie = "session=1";
    const partner = "https://partner.example";

    test.each([
      [{ cookie, origin: "https://evil.example" }, 403],
      [{ cookie, origin: "null" }, 403],
      [{ cookie, origin: "https://host.example:8443" }, 403],
      [{ cookie, origin: "http://host.example" }, 403],
      [{ cookie, "sec-fetch-site": "cross-site" }, 403],
      [{ cookie, "sec-fetch-site": "same-site", origin: "https://x.host.example" }, 403],
      [{ cookie, "sec-fetch-site": "cross-site", origin: "https://host.example" }, 403],
      [{ cookie, "sec-fetch-site": "same-origin", origin: "http://host.example" }, 200],
      [{ cookie, origin: "https://host.example" }, 200],
      [{ cookie, origin: partner, "sec-fetch-site": "cross-site" }, 200],
      [{ cookie }, 200],
      [{ "x-api-key": "k", origin: "https://evil.example" }, 200],
    ])("POST with %j is %i", async (headers, status) => {
      expect((await post(headers, { allowedOrigins: [partner] })).status).toBe(status);
    });

    test("reading is not writing", async () => {
      const headers = { cookie, origin: "https://evil.example", "sec-fetch-site": "cross-site" };
      const response = await createTestGateway().call(`${ext}/agreements`, { headers });
      expect(response.status).toBe(200);
      expect(response.headers.has("access-control-allow-origin")).toBe(false);
      expect(response.headers.get("cross-origin-resource-policy")).toBe("same-origin");
    });

    test("CORS is for listed origins only, compared exactly", async () => {
      const gateway = createTestGateway({ allowedOrigins: [partner] });
      const ask = async (origin: string) =>
        (await gateway.call(`${ext}/agreements`, { headers: { origin } })).headers.get(
          "access-control-allow-origin",
        );
      expect(await ask(partner)).toBe(partner);
      expect(await ask("https://partner.example.evil.example")).toBeNull();
      expect(await ask("https://PARTNER.example")).toBeNull();
      expect(await ask("null")).toBeNull();
    });

    test("errors carry CORS too, and caches know", async () => {
      const gateway = createTestGateway({ allowedOrigins: [partner] });
      const response = await gateway.call(`${ext}/nothing`, { headers: { origin: partner } });
      expect(response.headers.get("access-control-allow-origin")).toBe(partner);
      expect(response.headers.get("vary")).toContain("Origin");
    });

    test("a preflight is answered without a session", async () => {
      const gateway = createTestGateway({ authenticate: async () => null, allowedOrigins: [partner] });
      const preflight = async (origin: string) => {
        const response = await gateway.call(`${ext}/agreements`, { method: "OPTIONS", headers: { origin } });
        expect(response.status).toBe(204);
        return response.headers;
      };
      const known = await preflight(partner);
      expect(known.get("access-control-allow-origin")).toBe(partner);
      expect(known.get("access-control-allow-methods")).toBe("GET,POST,PUT,PATCH,DELETE,OPTIONS");
      expect(known.get("access-control-allow-headers")).toBe("content-type,x-request-id,x-idempotency-key");
      expect(known.get("access-control-max-age")).toBe(base === "/api/ext" ? "180" : "120");
      expect(known.get("vary")).toContain("Access-Control-Request-Headers");
      expect((await preflight("https://evil.example")).has("access-control-allow-methods")).toBe(false);
    });
  });
});

test("a method that is part of the list's text is still none of it", async () => {
  const gateway = createTestGateway({});
  const response = await gateway.call("/api/ext/acme-labs.agreements/agreements", { method: "ET" });
  expect(response.status).toBe(405);
});

describe("__method", () => {
  const send = async (
    path: string,
    init: RequestInit,
    options: Parameters<typeof createTestGateway>[0] = {},
  ) => {
    const gateway = createTestGateway(options);
    const response = await gateway.call(path, init);
    return { status: response.status, call: gateway.invoker.calls[0]?.request.http };
  };

  test("routes a POST of the iframe proxy, and needs the rights of the method it names", async () => {
    const { call } = await send("/api/ext-proxy/acme-labs.agreements/agreements/7?__method=PUT&a=1", {
      method: "POST",
      body,
      headers: json,
    });
    expect(call).toMatchObject({ method: "PUT", path: "/agreements/7", query: { a: "1" } });
    const reader = { authenticate: async () => aPrincipal({ permissions: ["extension:read"] }) };
    const asPost = { method: "POST", body: '{"__method":"DELETE"}', headers: json };
    expect((await send("/api/ext-proxy/acme-labs.agreements/agreements/7", asPost, reader)).status).toBe(403);
    const asGet = { method: "POST", body: '{"__method":"GET"}', headers: json };
    const read = await send("/api/ext-proxy/acme-labs.agreements/agreements/7", asGet, reader);
    expect(read.status).toBe(200);
    expect(read.call).not.toHaveProperty("body_b64");
  });

  test("alone in the body, it leaves a call without one", async () => {
    const { status, call } = await send("/api/ext-proxy/acme-labs.agreements/agreements/7", {
      method: "POST",
      body: '{"__method":"DELETE"}',
      headers: json,
    });
    expect([status, call?.method]).toEqual([200, "DELETE"]);
    expect(call).not.toHaveProperty("body_b64");
  });

  test("means nothing elsewhere", async () => {
    const direct = await send("/api/ext/acme-labs.agreements/agreements?__method=GET", {
      method: "POST",
      body: '{"__method":"GET"}',
      headers: json,
    });
    expect(direct.call).toMatchObject({ method: "POST", query: { __method: "GET" } });
    const put = await send("/api/ext-proxy/acme-labs.agreements/agreements/7?__method=DELETE", {
      method: "PUT",
      body,
    });
    expect(put.call).toMatchObject({ method: "PUT", query: { __method: "DELETE" } });
  });

  test("the body it is read from has the same cap", async () => {
    const big = { method: "POST", body: "x".repeat(11), headers: json };
    expect(
      (await send("/api/ext-proxy/acme-labs.agreements/agreements", big, { maxBodyBytes: 10 })).status,
    ).toBe(413);
  });
});
