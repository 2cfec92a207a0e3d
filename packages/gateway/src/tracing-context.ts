import { createTraceState, isSpanContextValid, type SpanContext } from "@opentelemetry/api";

/** Place of a call in a trace, as the W3C headers of the same names. */
export interface TraceHeaders {
  readonly traceparent: string;
  /** What tracing vendors keep; absent when they keep nothing. */
  readonly tracestate?: string;
}

const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-[\x21-\x7e]{0,200})?$/;

/** The W3C headers of a span; undefined for one that is in no trace. Baggage is never among them. */
export function toTraceHeaders(span: SpanContext): TraceHeaders | undefined {
  if (!isSpanContextValid(span)) return undefined;
  const flags = (span.traceFlags & 0xff).toString(16).padStart(2, "0");
  const tracestate = span.traceState?.serialize() ?? "";
  return {
    traceparent: `00-${span.traceId}-${span.spanId}-${flags}`,
    ...(tracestate === "" ? {} : { tracestate }),
  };
}

/** The remote span that W3C headers name; null when they name none. Later versions are read as far as they are known. */
export function parseTraceHeaders(header: (name: string) => string | null): SpanContext | null {
  const [, version, traceId = "", spanId = "", flags = "", rest] =
    TRACEPARENT.exec(header("traceparent") ?? "") ?? [];
  if (version === undefined || (version === "00" && rest !== undefined)) return null;
  const span: SpanContext = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true };
  if (!isSpanContextValid(span)) return null;
  const state = header("tracestate");
  return state === null ? span : { ...span, traceState: createTraceState(state) };
}
