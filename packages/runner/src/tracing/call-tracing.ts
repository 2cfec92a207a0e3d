import { AsyncLocalStorage } from "node:async_hooks";
import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Span,
  type Tracer,
} from "@opentelemetry/api";
import { matchesHost } from "@alga-ext/manifest";
import type { ExecuteRequest } from "@alga-ext/protocol";
import type { Broker } from "../broker/broker.ts";
import type { CallSession } from "../broker/call-session.ts";
import type { SessionOpener } from "../broker/open-session.ts";
import type { Executor } from "../calls/executor.ts";
import type { Egress } from "../egress/egress.ts";
import type { RunnerLogger } from "../ports.ts";
import { parseTraceHeaders, toTraceHeaders } from "./trace-headers.ts";

/** Wraps the parts of a runner so that each makes its spans. */
export interface CallTracing {
  /** A span for each call, under the one that its request names; the guest is told of it as `traceparent`. */
  executor(inner: Executor): Executor;
  /** Remembers whose session it is. */
  sessions(inner: SessionOpener): SessionOpener;
  /** A span for each host call, up to a number. */
  broker(inner: Broker): Broker;
  /** A span for each request to the outside, told to the hosts that may know. */
  egress(inner: Egress): Egress;
  /** The trace's id in every row that is written during a call. */
  logger(inner: RunnerLogger): RunnerLogger;
}

/** What is traced here and now. */
interface Traced {
  readonly context: Context;
  /** Host calls of this call that may still have a span; shared by all of it. */
  readonly left: { spans: number };
}

/** A guest may make a thousand host calls; a trace of them all helps nobody and costs the operator. */
const MAX_HOST_CALL_SPANS = 128;
const TARGET = /^[\w:./@#-]{1,120}$/;
const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

const current = new AsyncLocalStorage<Traced>();

/** `traceparent` of what is traced here and now, for requests to the host application; none without a trace. */
export function activeTraceHeaders(): Record<string, string> {
  const span = trace.getSpanContext(current.getStore()?.context ?? ROOT_CONTEXT);
  return span === undefined ? {} : Object.fromEntries(toTraceHeaders(span));
}

/** Create what traces calls; a runner without a tracer uses its parts as they are. */
export function createCallTracing(
  tracer: Tracer,
  { egressHosts }: { readonly egressHosts: readonly string[] },
): CallTracing {
  /** Host calls come from a cell's channel, where no context of a call is active. */
  const sessions = new WeakMap<CallSession, Traced>();

  return {
    executor: (inner) => ({
      async execute(request, options = {}) {
        const remote = options.header === undefined ? null : parseTraceHeaders(options.header);
        const parent = remote === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, remote);
        const span = tracer.startSpan(
          "POST /v1/execute",
          { kind: SpanKind.SERVER, attributes: attributesOf(request) },
          parent,
        );
        const traced = { context: trace.setSpan(parent, span), left: { spans: MAX_HOST_CALL_SPANS } };
        const answer = await current.run(traced, () =>
          inner.execute(withTraceparent(request, span), options),
        );
        if (answer.error !== null) fail(span, answer.error.split(":", 1)[0] ?? "");
        const { usage } = answer;
        span.setAttributes({
          "http.response.status_code": answer.status,
          "alga.cpu_ms": usage?.cpu_ms ?? 0,
          "alga.host_calls": usage?.host_calls ?? 0,
          "alga.egress_bytes": usage?.egress_bytes ?? 0,
        });
        span.end();
        return answer;
      },
    }),
    sessions: (inner) => ({
      limitsOf: (request) => inner.limitsOf(request),
      async open(request, call) {
        const session = await inner.open(request, call);
        const traced = current.getStore();
        if (traced !== undefined) sessions.set(session, traced);
        return session;
      },
    }),
    broker: (inner) => ({
      catalogue: inner.catalogue,
      async answer(session, target, args) {
        const traced = sessions.get(session);
        if (traced === undefined || (traced.left.spans -= 1) < 0)
          return await inner.answer(session, target, args);
        const name = TARGET.test(target) ? target : "unknown";
        const span = tracer.startSpan(name, { attributes: { "alga.host_call": name } }, traced.context);
        const inside = { context: trace.setSpan(traced.context, span), left: traced.left };
        const answer = await current.run(inside, () => inner.answer(session, target, args));
        if (answer.kind !== "ok") fail(span, answer.kind);
        span.end();
        return answer;
      },
    }),
    egress: (inner) => ({
      async fetch(request, scope) {
        const traced = current.getStore();
        if (traced === undefined) return await inner.fetch(request, scope);
        const method = METHODS.has(request.method.toUpperCase()) ? request.method.toUpperCase() : "_OTHER";
        const hostname = URL.parse(request.url)?.hostname ?? "";
        // Neither path nor query: both are the guest's, and may hold what a trace should not.
        const attributes = { "http.request.method": method, "server.address": hostname.slice(0, 253) };
        const span = tracer.startSpan(method, { kind: SpanKind.CLIENT, attributes }, traced.context);
        const isTold = egressHosts.some((pattern) => matchesHost(pattern, hostname));
        const outcome = await inner.fetch(isTold ? withTraceHeaders(request, span) : request, scope);
        if (outcome.error === null) span.setAttribute("http.response.status_code", outcome.status);
        else fail(span, outcome.error);
        span.end();
        return outcome;
      },
    }),
    logger: (inner) => {
      const write =
        (level: keyof RunnerLogger): RunnerLogger[keyof RunnerLogger] =>
        (event, fields) => {
          const span = trace.getSpanContext(current.getStore()?.context ?? ROOT_CONTEXT);
          inner[level](event, span === undefined ? fields : { ...fields, traceId: span.traceId });
        };
      return { info: write("info"), warn: write("warn"), error: write("error") };
    },
  };
}

function attributesOf({ context }: ExecuteRequest): Record<string, string> {
  return {
    "http.request.method": "POST",
    "http.route": "/v1/execute",
    "alga.tenant_id": context.tenant_id,
    "alga.extension_id": context.extension_id,
    ...(context.install_id === undefined ? {} : { "alga.install_id": context.install_id }),
    ...(context.version_id === undefined ? {} : { "alga.version_id": context.version_id }),
  };
}

function withTraceparent(request: ExecuteRequest, span: Span): ExecuteRequest {
  const [parent] = toTraceHeaders(span.spanContext());
  if (parent === undefined) return request;
  const headers = { ...request.http.headers, [parent[0]]: parent[1] };
  return { ...request, http: { ...request.http, headers } };
}

/** In place of what the guest may have set itself: the request is this span's, and one trace has one state. */
function withTraceHeaders<T extends { readonly headers: readonly (readonly [string, string])[] }>(
  request: T,
  span: Span,
): T {
  const others = request.headers.filter(([name]) => !/^trace(?:parent|state)$/i.test(name));
  return { ...request, headers: [...others, ...toTraceHeaders(span.spanContext())] };
}

function fail(span: Span, code: string): void {
  span.setAttribute("error.type", code.slice(0, 60));
  span.setStatus({ code: SpanStatusCode.ERROR });
}
