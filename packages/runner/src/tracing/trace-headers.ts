import { createTraceState, isSpanContextValid, type SpanContext } from "@opentelemetry/api";

const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-[\x21-\x7e]{0,200})?$/;

/** `traceparent`, and `tracestate` where there is one, of a span; none for a span in no trace. Never baggage. */
export function toTraceHeaders(span: SpanContext): [name: string, value: string][] {
  if (!isSpanContextValid(span)) return [];
  const flags = (span.traceFlags & 0xff).toString(16).padStart(2, "0");
  const state = span.traceState?.serialize() ?? "";
  const parent: [string, string] = ["traceparent", `00-${span.traceId}-${span.spanId}-${flags}`];
  return state === "" ? [parent] : [parent, ["tracestate", state]];
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
