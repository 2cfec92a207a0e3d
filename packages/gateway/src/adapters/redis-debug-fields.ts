import type { DebugCall, DebugEvent } from "@alga-ext/protocol";

/** Fields of the stream's entries and what they are in the JSON (contract §11). */
const TEXTS = {
  tenant: "tenantId",
  extension: "extensionId",
  install: "installId",
  request: "requestId",
  version: "versionId",
  content_hash: "contentHash",
} as const satisfies Record<string, keyof DebugEvent>;

const LEVELS = new Set<string>(["trace", "debug", "info", "warn", "error"] satisfies DebugEvent["level"][]);
const STREAMS = new Set<string>(["stdout", "stderr", "log", "call"] satisfies DebugEvent["stream"][]);

/** The fields of one entry, names and values in turns; what is null is left out. */
export function toStreamFields(event: DebugEvent): string[] {
  const { ts, level, stream, message, truncated, call } = event;
  const fields = ["ts", ts, "level", level, "stream", stream];
  for (const [field, name] of Object.entries(TEXTS)) {
    const value = event[name];
    if (value !== null) fields.push(field, value);
  }
  fields.push("message", message, "truncated", truncated ? "1" : "0");
  if (call !== undefined) fields.push("call", JSON.stringify(call));
  return fields;
}

/**
 * Read the fields of one entry, whoever wrote it: a missing time is now, one in milliseconds becomes RFC 3339, a missing
 * level is `info` and a missing stream `log`. Null where tenant or extension is missing: it is nobody's.
 */
export function fromStreamFields(fields: readonly string[], now: number): DebugEvent | null {
  const values = new Map<string, string>();
  for (let index = 0; index + 1 < fields.length; index += 2)
    values.set(fields[index] ?? "", fields[index + 1] ?? "");
  const text = (name: string): string | null => values.get(name) ?? null;
  const [tenantId, extensionId] = [text("tenant"), text("extension")];
  if (tenantId === null || extensionId === null) return null;
  const [level, stream] = [text("level") ?? "", text("stream") ?? ""];
  const call = toCall(text("call"));
  return {
    ts: toIso(text("ts"), now),
    level: LEVELS.has(level) ? (level as DebugEvent["level"]) : "info",
    stream: STREAMS.has(stream) ? (stream as DebugEvent["stream"]) : "log",
    tenantId,
    extensionId,
    installId: text("install"),
    requestId: text("request"),
    versionId: text("version"),
    contentHash: text("content_hash"),
    message: text("message") ?? "",
    truncated: text("truncated") === "1",
    ...(call === null ? {} : { call }),
  };
}

function toIso(text: string | null, now: number): string {
  const at = text === null ? NaN : /^\d{1,15}$/.test(text) ? Number(text) : Date.parse(text);
  return new Date(Number.isNaN(at) ? now : at).toISOString();
}

function toCall(text: string | null): DebugCall | null {
  if (text === null) return null;
  try {
    const call = JSON.parse(text) as unknown;
    return typeof call === "object" && call !== null ? (call as DebugCall) : null;
  } catch {
    return null;
  }
}
