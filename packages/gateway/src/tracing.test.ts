import { AsyncLocalStorage } from "node:async_hooks";
import { context, ROOT_CONTEXT, trace, type Context, type ContextManager } from "@opentelemetry/api";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { CallClaims } from "@alga-ext/protocol";
import { GatewayError } from "./errors.ts";
import type { GatewayOptions } from "./options.ts";
import { createTestGateway } from "./testing/create-test-gateway.ts";
import { createFakeInvoker } from "./testing/fake-invoker.ts";
import { createRecordingMeter } from "./testing/recording-meter.ts";
import { anInstall, aPrincipal, createFakeInstalls } from "./testing/tenants.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT = "00f067aa0ba902b7";
const CALL = "/api/ext/acme-labs.agreements/agreements/7?secret=hunter2";
const TOKEN = "a-token-for-tests-only";
const exporter = new InMemorySpanExporter();
const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
const tracer = provider.getTracer("test");

/** What an SDK registers, at its smallest. */
class LocalContextManager implements ContextManager {
  readonly #storage = new AsyncLocalStorage<Context>();
  active(): Context {
    return this.#storage.getStore() ?? ROOT_CONTEXT;
  }
  with: ContextManager["with"] = (active, fn, thisArg, ...args) =>
    this.#storage.run(active, () => fn.call(thisArg as ThisParameterType<typeof fn>, ...args));
  bind = <T>(_context: Context, target: T): T => target;
  enable = (): this => this;
  disable = (): this => this;
}

const spans = () => exporter.getFinishedSpans();
const server = () => spans().find((span) => span.name.includes("/api/ext/"))!;
const client = () => spans().find((span) => span.name === "POST /v1/execute")!;
const asHeader = (span: { spanContext(): { traceId: string; spanId: string } }) =>
  `00-${span.spanContext().traceId}-${span.spanContext().spanId}-01`;

beforeAll(() => context.setGlobalContextManager(new LocalContextManager()));
afterAll(() => context.disable());
beforeEach(() => exporter.reset());

describe("spans of a call", () => {
  test("one for the call, under it one for the runner, which runner and guest are told of", async () => {
    const gateway = createTestGateway({ tracer });
    await gateway.call(CALL, { method: "PUT", body: "{}", headers: { "content-type": "application/json" } });
    expect(server().parentSpanContext).toBeUndefined();
    expect(client().parentSpanContext?.spanId).toBe(server().spanContext().spanId);
    expect(client().spanContext().traceId).toBe(server().spanContext().traceId);
    const [call] = gateway.invoker.calls;
    expect(call?.trace).toEqual({ traceparent: asHeader(client()) });
    expect(call?.request.http.headers?.["traceparent"]).toBe(asHeader(client()));
  });

  test("say where and for which tenant, and nothing of users, paths or queries", async () => {
    await createTestGateway({ tracer }).call(CALL);
    const { tenantId, registryId, installId, versionId } = anInstall();
    expect(server().name).toBe("GET /api/ext/{extensionId}/agreements/:id");
    expect(server().attributes).toEqual({
      "http.request.method": "GET",
      "http.route": "/api/ext/{extensionId}/agreements/:id",
      "http.response.status_code": 200,
      "alga.tenant_id": tenantId,
      "alga.extension_id": registryId,
      "alga.install_id": installId,
      "alga.version_id": versionId,
    });
    const said = JSON.stringify(spans().map(({ name, attributes }) => [name, attributes]));
    for (const unsaid of ["hunter2", aPrincipal().userId, aPrincipal().email, "agreements/7"])
      expect(said).not.toContain(unsaid);
  });

  test("go on from what is active in the host's process, whatever the caller says", async () => {
    const gateway = createTestGateway({ tracer, acceptTraceContext: true });
    const host = tracer.startSpan("host");
    const headers = { traceparent: `00-${TRACE}-${PARENT}-01` };
    await context.with(trace.setSpan(context.active(), host), () => gateway.call(CALL, { headers }));
    expect(server().parentSpanContext?.spanId).toBe(host.spanContext().spanId);
  });

  test.each([
    [undefined, undefined],
    [true, PARENT],
  ])(
    "a caller's traceparent, when acceptTraceContext is %s: parent %s",
    async (acceptTraceContext, parent) => {
      const accept = acceptTraceContext === undefined ? {} : { acceptTraceContext };
      const gateway = createTestGateway({ tracer, ...accept });
      const headers = {
        traceparent: `00-${TRACE}-${PARENT}-01`,
        tracestate: "vendor=1",
        baggage: "user=ada",
      };
      await gateway.call(CALL, { headers });
      expect(server().parentSpanContext?.spanId).toBe(parent);
      const [call] = gateway.invoker.calls;
      expect(call?.trace?.tracestate).toBe(parent === undefined ? undefined : "vendor=1");
      expect(JSON.stringify(call)).not.toContain("user=ada");
      expect(call?.request.http.headers).not.toHaveProperty("baggage");
    },
  );

  test("are the active ones while the host's ports work", async () => {
    const seen: (string | undefined)[] = [];
    const keep = () => void seen.push(trace.getSpanContext(context.active())?.spanId);
    const invoker = createFakeInvoker(() => (keep(), {}));
    await createTestGateway({ tracer, invoker, authorize: () => (keep(), true) }).call(CALL);
    expect(seen).toEqual([server().spanContext().spanId, client().spanContext().spanId]);
  });

  test.each([
    ["a guest's own error", () => ({ status: 404 }), 404, "extension_error", undefined],
    ["the runner's", () => ({ status: 504, error: "cpu_exceeded: x" }), 504, "cpu_exceeded", "cpu_exceeded"],
    [
      "a broken connection",
      () => Promise.reject(new GatewayError("runner_crashed", "x")),
      502,
      "runner_crashed",
      "runner_crashed",
    ],
    ["a broken invoker", () => Promise.reject(new Error("x")), 502, "bad_gateway", "bad_gateway"],
  ])("name the code of a failure: %s", async (_what, answer, status, outcome, ofRunner) => {
    await createTestGateway({ tracer, invoker: createFakeInvoker(answer) }).call(CALL);
    expect(server().attributes).toMatchObject({ "http.response.status_code": status, "error.type": outcome });
    expect(client().attributes["error.type"]).toBe(ofRunner);
  });

  test("without a tracer there are none, and the host's trace still goes on to the runner", async () => {
    const silent = createTestGateway();
    await silent.call(CALL);
    expect(silent.invoker.calls[0]).not.toHaveProperty("trace");
    expect(silent.invoker.calls[0]?.request.http.headers).not.toHaveProperty("traceparent");
    const measured = createTestGateway({ meter: createRecordingMeter() });
    const host = tracer.startSpan("host");
    await context.with(trace.setSpan(context.active(), host), () => measured.call(CALL));
    expect(measured.invoker.calls[0]?.trace).toEqual({ traceparent: asHeader(host) });
    expect(spans()).toEqual([]);
  });
});

describe("rows of the log", () => {
  test("hold the trace's id", async () => {
    const logger = { warn: vi.fn(), error: vi.fn() };
    const authorize = () => Promise.reject(new Error("the policy is broken"));
    await createTestGateway({ tracer, logger, authorize }).call(CALL);
    await createTestGateway({ logger, authorize }).call(CALL);
    const [traced, plain] = logger.error.mock.calls.map(([, fields]) => fields as object);
    expect(traced).toMatchObject({ traceId: server().spanContext().traceId });
    expect(plain).not.toHaveProperty("traceId");
  });
});

describe("spans of the host API", () => {
  const claims: Partial<CallClaims> = { sub: anInstall().installId, tenant: "acme" };
  const calls = { verify: async () => claims as CallClaims } as unknown as GatewayOptions["calls"];
  const store = (headers: Record<string, string>): RequestInit => ({
    method: "POST",
    body: "{}",
    headers: { traceparent: `00-${TRACE}-${PARENT}-01`, ...headers },
  });
  const path = `/api/internal/ext-storage/install/${anInstall().installId}`;
  const span = () => spans().find(({ name }) => name === "POST /api/internal/ext-storage")!;

  test("go on from the runner's, which proves itself first", async () => {
    const gateway = createTestGateway({ tracer, calls });
    await gateway.call(path, store({ "x-runner-auth": TOKEN }));
    expect(span().parentSpanContext?.spanId).toBe(PARENT);
    exporter.reset();
    expect((await gateway.call(path, store({ "x-runner-auth": "guessed" }))).status).toBe(401);
    expect(span().parentSpanContext).toBeUndefined();
    expect(span().attributes).toMatchObject({ "http.response.status_code": 401, "error.type": "401" });
  });

  test("name the trace in the rows they log", async () => {
    const logger = { warn: vi.fn(), error: vi.fn() };
    const installs = { resolve: () => Promise.reject(new Error("the registry is away")) };
    const internal = (body: object): RequestInit => ({
      ...store({ "x-runner-auth": TOKEN }),
      body: JSON.stringify(body),
    });
    const gateway = createTestGateway({ tracer, calls, logger, installs });
    await gateway.call(
      "/api/internal/ext-runner/install-config",
      internal({ tenantId: "a", extensionId: "b" }),
    );
    expect(logger.error.mock.calls).toEqual([
      ["install_config_failed", expect.objectContaining({ traceId: TRACE })],
    ]);
  });

  test("are measured by route and status", async () => {
    const meter = createRecordingMeter();
    await createTestGateway({ meter, calls }).call(path, store({ "x-runner-auth": "guessed" }));
    const labels = { route: "storage", "http.response.status_code": 401 };
    expect(meter.measurements).toEqual([
      { instrument: "extension.host_api.duration", value: expect.any(Number) as number, labels },
    ]);
  });
});

describe("metrics", () => {
  const measure = async (overrides: Parameters<typeof createTestGateway>[0], init?: RequestInit) => {
    const meter = createRecordingMeter();
    await createTestGateway({ meter, ...overrides }).call(CALL, init);
    return meter.measurements;
  };
  const labelsOf = (measurements: Awaited<ReturnType<typeof measure>>) =>
    measurements.find(({ instrument }) => instrument === "extension.gateway.calls")?.labels;

  test("count a call, its time, and that it is over", async () => {
    const labels = { outcome: "ok", method: "read" };
    expect(await measure({})).toEqual([
      { instrument: "extension.gateway.active_calls", value: 1, labels: {} },
      { instrument: "extension.gateway.active_calls", value: -1, labels: {} },
      { instrument: "extension.gateway.calls", value: 1, labels },
      { instrument: "extension.gateway.duration", value: expect.any(Number) as number, labels },
    ]);
  });

  test.each([
    ["ok", "write", {}, { method: "DELETE" }],
    ["extension_error", "read", { invoker: createFakeInvoker(() => ({ status: 400 })) }, {}],
    [
      "endpoint_not_found",
      "write",
      { installs: createFakeInstalls([anInstall({ endpoints: [] })]) },
      { method: "PUT" },
    ],
    ["unauthenticated", "read", { authenticate: async () => null }, { method: "HEAD" }],
    ["access_policy_unavailable", "read", { authenticate: () => Promise.reject(new Error("x")) }, {}],
    ["method_not_allowed", "other", {}, { method: "PURGE" }],
    ["ok", "other", {}, { method: "OPTIONS" }],
  ])("%s of a %s", async (outcome, method, overrides, init) => {
    expect(labelsOf(await measure(overrides, init))).toEqual({ outcome, method });
  });

  test("a caller that goes away is no failure of the runner", async () => {
    const caller = new AbortController();
    const invoker = createFakeInvoker(() => {
      caller.abort();
      return Promise.reject(new GatewayError("runner_crashed", "The connection was lost."));
    });
    expect(labelsOf(await measure({ invoker, tracer }, { signal: caller.signal }))).toMatchObject({
      outcome: "client_disconnected",
    });
    expect(client().attributes["error.type"]).toBe("client_disconnected");
  });

  test("tell the pace from the quota", async () => {
    const rateLimiter = { take: async () => ({ allowed: false, retryAfterMs: 1 }) as const };
    const limited = (measurements: Awaited<ReturnType<typeof measure>>) =>
      measurements.filter(({ instrument }) => instrument === "extension.gateway.rate_limited");
    expect(limited(await measure({ rateLimiter }))).toEqual([
      { instrument: "extension.gateway.rate_limited", value: 1, labels: { limit: "rate_limited" } },
    ]);
  });

  test("count each try but the first", async () => {
    const invoker = createFakeInvoker((call) => {
      call.onRetry?.();
      call.onRetry?.();
      return {};
    });
    const measurements = await measure({ invoker, tracer });
    expect(measurements.filter(({ instrument }) => instrument === "extension.gateway.retries")).toHaveLength(
      2,
    );
    expect(client().attributes["http.request.resend_count"]).toBe(2);
  });
});
