import { AsyncResource } from "node:async_hooks";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { beforeEach, describe, expect, it } from "vitest";
import { toContentHash, type ExecuteRequest } from "@alga-ext/protocol";
import { requestFor } from "../../test-support/test-runner.ts";
import type { Broker } from "../broker/broker.ts";
import type { CallSession } from "../broker/call-session.ts";
import type { SessionOpener } from "../broker/open-session.ts";
import type { Executor } from "../calls/executor.ts";
import type { HostAnswer } from "../cells/cell.ts";
import type { EgressRequest, EgressScope } from "../egress/egress.ts";
import type { RunnerLogger } from "../ports.ts";
import { activeTraceHeaders, createCallTracing } from "./call-tracing.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT = "00f067aa0ba902b7";
const exporter = new InMemorySpanExporter();
const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
const tracing = createCallTracing(provider.getTracer("test"), {
  egressHosts: ["api.partner.example", "*.inside.example"],
});
const REQUEST = requestFor(toContentHash("a".repeat(64)), "/x");
/** As from a cell: its channel knows nothing of the call. */
const outsideOfCalls = AsyncResource.bind((work: () => Promise<void>) => work());

type HostCall = (target: string, url?: string) => Promise<unknown>;

/** A runner's parts, each fake; `guest` is what the guest does with its host. */
function aRunner(guest: (call: HostCall) => Promise<void> = async () => undefined) {
  const seen: ExecuteRequest[] = [];
  const sent: EgressRequest[] = [];
  const toHost: Record<string, string>[] = [];
  const rows: unknown[] = [];
  const keep = (_event: string, fields?: object): void => void rows.push(fields);
  const logger: RunnerLogger = tracing.logger({ info: keep, warn: keep, error: keep });
  const egress = tracing.egress({
    async fetch(request) {
      sent.push(request);
      return request.url.includes("refused")
        ? { error: "not-allowed", bytes: 0 }
        : { error: null, status: 204, headers: [], body: new Uint8Array(), bytes: 10 };
    },
  });
  const broker = tracing.broker({
    catalogue: {} as Broker["catalogue"],
    async answer(_session, target, [url]): Promise<HostAnswer> {
      toHost.push(activeTraceHeaders());
      const headers = [["TraceParent", "made-up"] as const, ["x-api-key", "k"] as const];
      if (typeof url === "string")
        await egress.fetch({ method: "get", url, headers, body: null }, {} as EgressScope);
      return target.endsWith("trap") ? { kind: "trap", value: "" } : { kind: "ok", value: undefined };
    },
  });
  const executor: Executor = {
    async execute(request) {
      seen.push(request);
      logger.warn("during", { own: 1 });
      const session = {} as CallSession;
      const opener = tracing.sessions({ open: async () => session } as unknown as SessionOpener);
      await opener.open(request, {} as Parameters<SessionOpener["open"]>[1]);
      await outsideOfCalls(() => guest((target, url) => broker.answer(session, target, [url])));
      const error = request.http.path === "/late" ? "deadline_exceeded: its own words" : null;
      return { status: error === null ? 200 : 504, headers: {}, body_b64: null, error };
    },
  };
  return { executor: tracing.executor(executor), seen, sent, toHost, rows, logger };
}

const named = (name: string) => exporter.getFinishedSpans().filter((span) => span.name === name);
const from =
  (values: Record<string, string>) =>
  (name: string): string | null =>
    values[name] ?? null;
const traceparentOf = (span: { spanContext(): { traceId: string; spanId: string } } | undefined) =>
  `00-${span?.spanContext().traceId}-${span?.spanContext().spanId}-01`;

beforeEach(() => exporter.reset());

describe("createCallTracing", () => {
  it("goes on with the caller's trace, and tells the guest of the call's own span", async () => {
    const { executor, seen, rows, logger } = aRunner();
    const header = from({
      traceparent: `00-${TRACE}-${PARENT}-01`,
      tracestate: "vendor=1",
      baggage: "user=ada",
    });
    await executor.execute(REQUEST, { header });
    const [span] = named("POST /v1/execute");
    expect(span?.spanContext().traceId).toBe(TRACE);
    expect(span?.parentSpanContext?.spanId).toBe(PARENT);
    expect(span?.attributes).toMatchObject({ "alga.tenant_id": "acme", "http.response.status_code": 200 });
    expect(seen[0]?.http.headers).toEqual({ traceparent: traceparentOf(span) });
    logger.warn("after", { own: 1 });
    expect(rows).toEqual([{ own: 1, traceId: TRACE }, { own: 1 }]);
  });

  it("does what an unsampled caller decided", async () => {
    const { executor, seen } = aRunner();
    await executor.execute(REQUEST, { header: from({ traceparent: `00-${TRACE}-${PARENT}-00` }) });
    expect(exporter.getFinishedSpans()).toEqual([]);
    expect(seen[0]?.http.headers?.["traceparent"]).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-00$`));
  });

  it("begins a trace of its own when the caller names none, or none that can be", async () => {
    const { executor } = aRunner();
    await executor.execute(REQUEST);
    await executor.execute(REQUEST, { header: from({ traceparent: `00-${"0".repeat(32)}-${PARENT}-01` }) });
    const spans = named("POST /v1/execute");
    expect(spans.map(({ parentSpanContext }) => parentSpanContext)).toEqual([undefined, undefined]);
    expect(new Set(spans.map((span) => span.spanContext().traceId)).size).toBe(2);
  });

  it("puts host calls under their own call, however many run at once", async () => {
    const { executor, toHost } = aRunner(async (call) => {
      await Promise.all([call("alga:extension/storage#get"), call("alga:extension/storage#get")]);
    });
    await Promise.all([executor.execute(REQUEST), executor.execute(REQUEST)]);
    const calls = named("POST /v1/execute").map((span) => span.spanContext().spanId);
    const parents = named("alga:extension/storage#get").map((span) => span.parentSpanContext?.spanId);
    expect(calls.map((id) => parents.filter((parent) => parent === id).length)).toEqual([2, 2]);
    const own = named("alga:extension/storage#get").map((span) => ({ traceparent: traceparentOf(span) }));
    expect(toHost).toEqual(expect.arrayContaining(own));
  });

  it("says of failures what they were, and never in the guest's words", async () => {
    const { executor } = aRunner(async (call) => void (await call("alga:extension/clients#trap")));
    await executor.execute({ ...REQUEST, http: { method: "GET", path: "/late" } });
    expect(named("POST /v1/execute")[0]?.attributes["error.type"]).toBe("deadline_exceeded");
    expect(named("alga:extension/clients#trap")[0]?.attributes["error.type"]).toBe("trap");
  });

  it("puts requests to the outside under the host call that made them, without path or query", async () => {
    const { executor } = aRunner(async (call) => {
      await call("alga:extension/http#fetch", "https://api.example/secret/path?key=hunter2");
      await call("alga:extension/http#fetch", "https://refused.example/");
      await call("alga:extension/http#fetch", "no url");
    });
    await executor.execute(REQUEST);
    const hostCalls = named("alga:extension/http#fetch").map((span) => span.spanContext().spanId);
    const [sent, refused, malformed] = named("GET");
    expect([sent, refused, malformed].map((span) => span?.parentSpanContext?.spanId)).toEqual(hostCalls);
    expect(sent?.attributes).toEqual({
      "http.request.method": "GET",
      "server.address": "api.example",
      "http.response.status_code": 204,
    });
    expect(refused?.attributes["error.type"]).toBe("not-allowed");
    expect(malformed?.attributes["server.address"]).toBe("");
  });

  it("tells only the hosts of the operator of the trace", async () => {
    const { executor, sent } = aRunner(async (call) => {
      for (const host of ["api.partner.example", "deep.inside.example", "api.example", "inside.example"])
        await call("alga:extension/http#fetch", `https://${host}/`);
    });
    await executor.execute(REQUEST);
    const spans = named("GET").map(traceparentOf);
    expect(sent.map(({ headers }) => Object.fromEntries(headers))).toEqual([
      { "x-api-key": "k", traceparent: spans[0] },
      { "x-api-key": "k", traceparent: spans[1] },
      { "x-api-key": "k", TraceParent: "made-up" },
      { "x-api-key": "k", TraceParent: "made-up" },
    ]);
  });

  it("makes no more than 128 spans of host calls, whatever they are called", async () => {
    const { executor } = aRunner(async (call) => {
      for (let calls = 0; calls < 200; calls++) await call(`made up\n${calls}`.padEnd(5000));
    });
    await executor.execute(REQUEST);
    expect(named("unknown")).toHaveLength(128);
    expect(exporter.getFinishedSpans()).toHaveLength(129);
  });
});
