import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { describe, expect, test } from "vitest";
import type { EventTrigger, ScheduleTrigger } from "@alga-ext/protocol";
import { GatewayError } from "./errors.ts";
import { createTestGateway } from "./testing/create-test-gateway.ts";
import { createFakeInvoker } from "./testing/fake-invoker.ts";
import { anInstall, createFakeInstalls } from "./testing/tenants.ts";

const install = anInstall();
const trigger: EventTrigger = {
  kind: "event",
  tenantId: "acme",
  installId: install.installId,
  registryId: install.registryId,
  endpoint: { method: "POST", path: "/agreements" },
  payload: { from: "a", to: "b" },
  deliveryId: "d-1",
  attempt: 2,
  topic: "client.renamed",
  eventId: "e-1",
  key: null,
  emittedAt: "2026-11-01T00:00:00Z",
};
/** Nobody is logged in: a trigger does not need anybody. */
const nobody = { authenticate: async () => null };

describe("a trigger", () => {
  test("reaches the guest as a call of the tenant that no person made", async () => {
    const gateway = createTestGateway(nobody);
    expect(await gateway.invoke(trigger)).toEqual({ ok: true });
    const [{ request, idempotencyKey } = {}] = gateway.invoker.calls;
    expect(request?.http).toMatchObject({ method: "POST", path: "/agreements", query: {} });
    expect(atob(request?.http.body_b64 ?? "")).toBe('{"from":"a","to":"b"}');
    expect(request?.http.headers).toMatchObject({
      "content-type": "application/json",
      "x-alga-tenant": "acme",
      "x-alga-extension": install.registryId,
      "x-idempotency-key": "d-1",
    });
    expect(request?.context).toMatchObject({ trigger: "event", tenant_id: "acme" });
    expect(request).not.toHaveProperty("user");
    expect(idempotencyKey).toBe("d-1");
  });

  test("of a schedule names it, and a GET carries no body", async () => {
    const gateway = createTestGateway(nobody);
    const schedule: ScheduleTrigger = {
      ...trigger,
      kind: "schedule",
      endpoint: { method: "GET", path: "/agreements" },
      scheduleId: "s-1",
      scheduledFor: null,
    };
    expect(await gateway.invoke(schedule)).toEqual({ ok: true });
    const [{ request } = {}] = gateway.invoker.calls;
    expect(request?.context).toMatchObject({ trigger: "schedule", schedule_id: "s-1" });
    expect(request?.http).not.toHaveProperty("body_b64");
    expect(request?.http.headers).not.toHaveProperty("content-type");
  });

  test("is recorded, limited and given a place like every call", async () => {
    const taken: string[] = [];
    const { tenantId, registryId } = install;
    const lease = { id: "l1", tenantId, registryId, windowStart: "2027-01-15T08:00:00.000Z", reserve: {} };
    const gateway = createTestGateway({
      ...nobody,
      rateLimiter: {
        async take() {
          taken.push("rate");
          return { allowed: true };
        },
      },
      authorize: ({ principal }) => taken.push(principal.userType) > 0,
      quota: {
        async take() {
          taken.push("quota");
          return { allowed: true, lease };
        },
        release: async () => undefined,
      },
    });
    await gateway.invoke(trigger);
    await gateway.close();
    expect(taken).toEqual(["service", "rate", "quota"]);
    expect(gateway.audit.rows()).toMatchObject([
      {
        started: { principalKind: "service", userId: "system:event", endpointTemplate: "/agreements" },
        finished: { status: "ok", lease },
      },
    ]);
  });

  test("is made again when it is asked for again: its sender counts", async () => {
    const gateway = createTestGateway(nobody);
    await gateway.invoke(trigger);
    await gateway.invoke(trigger);
    expect(gateway.invoker.calls).toHaveLength(2);
  });

  test.each([
    ["another tenant's install", { tenantId: "globex" }, {}, "extension_not_available", false],
    [
      "an undeclared endpoint",
      { endpoint: { method: "POST", path: "/no" } },
      {},
      "endpoint_not_found",
      false,
    ],
    ["a path with two readings", { endpoint: { method: "POST", path: "/a%2fb" } }, {}, "invalid_path", false],
    ["the host's own policy", {}, { authorize: () => false }, "forbidden", false],
    [
      "an empty bucket",
      {},
      { rateLimiter: { take: async () => ({ allowed: false as const, retryAfterMs: 10 }) } },
      "rate_limited",
      true,
    ],
    [
      "a registry that is down",
      {},
      { installs: { resolve: () => Promise.reject(new Error("down")) } },
      "access_policy_unavailable",
      true,
    ],
    ["an edition without extensions", {}, { edition: "community" as const }, "EE_REQUIRED", false],
  ])("is refused for %s", async (_name, change, options, code, retryable) => {
    const gateway = createTestGateway({ ...nobody, ...options });
    const outcome = await gateway.invoke({ ...trigger, ...change });
    expect(outcome).toMatchObject({ ok: false, code, retryable });
    expect(gateway.invoker.calls).toHaveLength(0);
  });

  test("that does not fit the endpoint's schema is not delivered", async () => {
    const request = { type: "object", required: ["id"] };
    const endpoints = [{ method: "POST", path: "/agreements", handler: "dist/main", request }];
    const installs = createFakeInstalls([anInstall({ endpoints })]);
    const gateway = createTestGateway({ ...nobody, installs });
    expect(await gateway.invoke(trigger)).toMatchObject({ code: "invalid_request", retryable: false });
  });

  test.each([
    [{ status: 409, body_b64: btoa('{"error":"taken","message":"why"}') }, "taken", false],
    [{ status: 418, body_b64: btoa("<html>") }, "status_418", false],
    [{ status: 503 }, "status_503", true],
    [{ error: "runner_crashed" }, "runner_crashed", true],
    [{ error: "deadline_exceeded" }, "deadline_exceeded", true],
    [{ error: "component_rejected" }, "component_rejected", false],
  ])("answered with %j ended as %s, worth another try: %s", async (answer, code, retryable) => {
    const gateway = createTestGateway({ ...nobody, invoker: createFakeInvoker(() => answer) });
    expect(await gateway.invoke(trigger)).toMatchObject({ ok: false, code, retryable });
  });

  test("is watched like every call", async () => {
    const exporter = new InMemorySpanExporter();
    const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
    const tracer = provider.getTracer("test");
    const gateway = createTestGateway({ ...nobody, tracer });
    await gateway.invoke(trigger);
    expect(gateway.invoker.calls[0]?.trace?.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    await createTestGateway({ ...nobody, tracer, authorize: () => false }).invoke(trigger);
    const ended = exporter
      .getFinishedSpans()
      .map(({ attributes }) => attributes["http.response.status_code"]);
    expect(ended.filter((status) => status !== undefined)).toEqual([200, 403]);
  });

  test("ends when its sender gives it up", async () => {
    const arrived = Promise.withResolvers<AbortSignal>();
    const invoker = createFakeInvoker((_call, signal) => {
      arrived.resolve(signal);
      return new Promise<never>(() => {});
    });
    const gateway = createTestGateway({ ...nobody, invoker });
    const sender = new AbortController();
    const pending = gateway.invoke(trigger, { signal: sender.signal });
    const signal = await arrived.promise;
    sender.abort();
    expect(await pending).toMatchObject({ ok: false, code: "bad_gateway", retryable: true });
    expect(signal.aborted).toBe(true);
  });

  test("whose invoker throws still has an outcome", async () => {
    const invoker = createFakeInvoker(() => Promise.reject(new GatewayError("runner_crashed", "lost")));
    const gateway = createTestGateway({ ...nobody, invoker });
    expect(await gateway.invoke(trigger)).toMatchObject({ code: "runner_crashed", retryable: true });
  });
});
