import {
  context,
  createNoopMeter,
  ProxyTracerProvider,
  SpanKind,
  trace,
  type Context,
  type Meter,
  type Tracer,
} from "@opentelemetry/api";
import { createCallMetrics } from "./metrics.ts";
import type { GatewayLogger } from "./ports.ts";
import { endServerSpan, methodOf, watchCall, withTraceId, type CallWatch } from "./tracing-call.ts";
import { parseTraceHeaders } from "./tracing-context.ts";

/** Options of {@link createTelemetry}; a part of `GatewayOptions`. */
export interface TelemetryOptions {
  readonly tracer?: Tracer;
  readonly meter?: Meter;
  readonly acceptTraceContext?: boolean;
}

/** Spans and metrics of a gateway. */
export interface Telemetry {
  /** Watch one call of an extension. */
  watch(request: Request): CallWatch;
  /** Watch one request of a runner to a route of the host API, which never rejects. */
  hostCall(
    call: {
      readonly request: Request;
      readonly route: string;
      readonly logger: GatewayLogger;
      readonly isRunner: () => Promise<boolean>;
    },
    serve: (logger: GatewayLogger) => Promise<Response>,
  ): Promise<Response>;
}

/** Create what watches calls; undefined when there is nobody to tell, so that calls pay nothing. */
export function createTelemetry(options: TelemetryOptions): Telemetry | undefined {
  if (options.tracer === undefined && options.meter === undefined) return undefined;
  // Without a tracer the host's own trace goes on to the runner all the same.
  const tracer = options.tracer ?? new ProxyTracerProvider().getTracer("none");
  const metrics = createCallMetrics(options.meter ?? createNoopMeter());
  return {
    watch: (request) => {
      const parent = parentOf(request, { isTrusted: options.acceptTraceContext === true });
      return watchCall({ tracer, metrics, parent }, request);
    },
    async hostCall({ request, route, logger, isRunner }, serve) {
      const startedMs = performance.now();
      const isTrusted = request.headers.has("traceparent") && (await isRunner());
      const parent = parentOf(request, { isTrusted });
      const path = `/api/internal/ext-${route}`;
      const span = tracer.startSpan(
        `${methodOf(request)} ${path}`,
        {
          kind: SpanKind.SERVER,
          attributes: { "http.request.method": methodOf(request), "http.route": path },
        },
        parent,
      );
      const response = await context.with(
        trace.setSpan(parent, span),
        serve,
        undefined,
        withTraceId(logger, span),
      );
      const { status } = response;
      endServerSpan(span, { status, outcome: status >= 400 ? String(status) : "ok" });
      metrics.hostCallEnded({ route, status, durationMs: performance.now() - startedMs });
      return response;
    },
  };
}

/**
 * The context that a request goes on: what is active in this process, else what the request itself names, if whoever
 * sent it may say so. A caller that names a trace chooses what is sampled.
 */
function parentOf(request: Request, { isTrusted }: { readonly isTrusted: boolean }): Context {
  const active = context.active();
  if (trace.getSpanContext(active) !== undefined || !isTrusted) return active;
  const remote = parseTraceHeaders((name) => request.headers.get(name));
  return remote === null ? active : trace.setSpanContext(active, remote);
}
