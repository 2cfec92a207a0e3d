import { SpanKind, SpanStatusCode, type Tracer } from "@opentelemetry/api";

/** Traces of this process. */
export interface Telemetry {
  readonly tracer: Tracer;
  /** Send what waits to be sent. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** Variables that the two processes of the deployment read; none set, none handed on. */
export function telemetryVariables(env: NodeJS.ProcessEnv): Record<string, string> {
  const set = Object.entries(env).filter(([name, value]) => name.startsWith("OTEL_") && value !== undefined);
  return Object.fromEntries(set) as Record<string, string>;
}

/**
 * Send spans to the collector that OTEL_EXPORTER_OTLP_ENDPOINT names, as OTLP over HTTP; null without it, and then
 * nothing is traced. OTEL_BSP_SCHEDULE_DELAY (milliseconds, default 5000) says how long spans are gathered.
 */
export async function startTelemetry(service: string): Promise<Telemetry | null> {
  if ((process.env["OTEL_EXPORTER_OTLP_ENDPOINT"] ?? "") === "") return null;
  // Loaded only when it is used: an SDK costs a start a good part of a second.
  const { exportTraces } = await import("./export-traces.ts");
  const delayMs = Number(process.env["OTEL_BSP_SCHEDULE_DELAY"] ?? 5000);
  return exportTraces(service, { scheduledDelayMillis: delayMs });
}

/**
 * A span for each request, under which everything it leads to goes. Requests of the runner are left to the gateway,
 * which knows whose they are; what browsers say of traces is not believed.
 */
export function traceRequests(
  tracer: Tracer,
  handle: (request: Request) => Promise<Response>,
): (request: Request) => Promise<Response> {
  return async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith("/api/internal/")) return handle(request);
    const method = METHODS.has(request.method) ? request.method : "_OTHER";
    const attributes = { "http.request.method": method, "url.path": pathname.slice(0, 200) };
    return tracer.startActiveSpan(method, { kind: SpanKind.SERVER, attributes }, async (span) => {
      try {
        const response = await handle(request);
        span.setAttribute("http.response.status_code", response.status);
        if (response.status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
        return response;
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end();
      }
    });
  };
}
