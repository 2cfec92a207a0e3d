import {
  context,
  isSpanContextValid,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Span,
  type Tracer,
} from "@opentelemetry/api";
import type { ExecuteResponse, InstalledEndpoint, ResolvedInstall } from "@alga-ext/protocol";
import { GatewayError } from "./errors.ts";
import { toOutcome, type CallMetrics } from "./metrics.ts";
import type { GatewayLogger, RunnerCall, RunnerInvoker } from "./ports.ts";
import { toTraceHeaders } from "./tracing-context.ts";

/** What watches one call, from its arrival to its answer. */
export interface CallWatch {
  /** Do the call's work, with its span as the active one for what the host's ports do. */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** The same logger with the trace's id in every row, where there is a trace. */
  logger(inner: GatewayLogger): GatewayLogger;
  /** The same invoker with a span of its own, which runner and guest are told of. */
  invoker(inner: RunnerInvoker): RunnerInvoker;
  /** The call is one of this install. */
  matched(install: ResolvedInstall, endpoint: InstalledEndpoint, method: string): void;
  /** The call failed; `ended` follows. */
  failed(error: unknown): void;
  /** The call is answered. */
  ended(status: number): void;
}

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
const MAX_ROUTE_CHARACTERS = 200;

/** Begin to watch a call. */
export function watchCall(
  about: { readonly tracer: Tracer; readonly metrics: CallMetrics; readonly parent: Context },
  request: Request,
): CallWatch {
  const { tracer, metrics, parent } = about;
  const startedMs = performance.now();
  const asked = methodOf(request);
  let method = asked;
  let failure: { readonly error: unknown } | null = null;
  const attributes = { "http.request.method": asked };
  const span = tracer.startSpan(`${asked} extension`, { kind: SpanKind.SERVER, attributes }, parent);
  const inside = trace.setSpan(parent, span);
  metrics.began();
  return {
    run: (work) => context.with(inside, work),
    logger: (inner) => withTraceId(inner, span),
    invoker: (inner) => ({
      invoke: (call, options) =>
        carry({ tracer, metrics, inside, signal: options.signal }, call, (traced) =>
          inner.invoke(traced, options),
        ),
    }),
    matched(install, endpoint, called) {
      method = called;
      const route = `/api/ext/{extensionId}${endpoint.path}`.slice(0, MAX_ROUTE_CHARACTERS);
      span.updateName(`${called} ${route}`);
      span.setAttributes({
        "http.route": route,
        "alga.tenant_id": install.tenantId,
        "alga.extension_id": install.registryId,
        "alga.install_id": install.installId,
        "alga.version_id": install.versionId,
      });
    },
    failed(error) {
      failure = { error };
    },
    ended(status) {
      const outcome = toOutcome(status, failure);
      endServerSpan(span, { status, outcome });
      metrics.ended({ method, outcome, durationMs: performance.now() - startedMs });
    },
  };
}

/** Give a call to its invoker inside a span of its own. */
async function carry(
  about: {
    readonly tracer: Tracer;
    readonly metrics: CallMetrics;
    readonly inside: Context;
    readonly signal: AbortSignal;
  },
  call: RunnerCall,
  invoke: (call: RunnerCall) => Promise<ExecuteResponse>,
): Promise<ExecuteResponse> {
  const { tracer, metrics, inside, signal } = about;
  const attributes = { "http.request.method": "POST", "url.path": "/v1/execute" };
  const span = tracer.startSpan("POST /v1/execute", { kind: SpanKind.CLIENT, attributes }, inside);
  let resends = 0;
  const onRetry = (): void => {
    resends += 1;
    metrics.retried();
  };
  try {
    const traced = { ...withTrace(call, span), onRetry };
    const answer = await context.with(trace.setSpan(inside, span), () => invoke(traced));
    // The word before the colon is one of a closed list; what follows it may be the guest's.
    if (answer.error !== null) fail(span, answer.error.split(":", 1)[0] ?? "");
    return answer;
  } catch (error) {
    // What ended the call from this side is the reason; that the connection broke then is not.
    const cause: unknown = signal.aborted ? signal.reason : error;
    fail(span, cause instanceof GatewayError ? toOutcome(cause.status, { error: cause }) : "bad_gateway");
    throw error;
  } finally {
    if (resends > 0) span.setAttribute("http.request.resend_count", resends);
    span.end();
  }
}

/** Tell the runner of a span, and the guest of the same until a runner that traces names its own. */
function withTrace(call: RunnerCall, span: Span): RunnerCall {
  const trace = toTraceHeaders(span.spanContext());
  if (trace === undefined) return call;
  const { http } = call.request;
  const headers = { ...http.headers, traceparent: trace.traceparent };
  return { ...call, request: { ...call.request, http: { ...http, headers } }, trace };
}

/** The same logger with the trace's id in every row; the logger itself for a span in no trace. */
export function withTraceId(inner: GatewayLogger, span: Span): GatewayLogger {
  const about = span.spanContext();
  if (!isSpanContextValid(about)) return inner;
  const { traceId } = about;
  return {
    warn: (event, fields) => inner.warn(event, { ...fields, traceId }),
    error: (event, fields) => inner.error(event, { ...fields, traceId }),
  };
}

/** End the span of a request that was answered. */
export function endServerSpan(
  span: Span,
  { status, outcome }: { readonly status: number; readonly outcome: string },
): void {
  span.setAttribute("http.response.status_code", status);
  if (outcome !== "ok") span.setAttribute("error.type", outcome);
  if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

/** A method of the few there are; what a caller made up is `_OTHER`. */
export function methodOf({ method }: Request): string {
  return METHODS.has(method) ? method : "_OTHER";
}

function fail(span: Span, code: string): void {
  span.setAttribute("error.type", code.slice(0, 60));
  span.setStatus({ code: SpanStatusCode.ERROR });
}
