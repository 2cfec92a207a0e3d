import {
  EXECUTE_LIMIT_CODES,
  type ExecuteCapabilityUse,
  type ExecuteEgressUse,
  type ExecuteLimitExceeded,
  type ExecuteLimitName,
  type ExecuteLogLine,
  type ExecuteUsage,
} from "@alga-ext/protocol";

type Fields = Readonly<Record<string, unknown>>;

/** Counts that a runner reports where it measures them. */
const OPTIONAL = ["cpu_ms", "memory_mb", "egress_requests", "storage_ops", "log_dropped"] as const;

/** Read what a runner reports of a call; what is missing or makes no sense is 0 or left out, never a failure. */
export function parseExecuteUsage(usage: Fields): ExecuteUsage {
  const optional = OPTIONAL.filter((name) => typeof usage[name] === "number");
  const exceeded = listOf(usage["exceeded"]).flatMap(toExceeded);
  const capabilities = listOf(usage["capabilities"]).map(toCapability);
  const egress = listOf(usage["egress"]).map(toEgress);
  return {
    duration_ms: count(usage, "duration_ms"),
    egress_bytes: count(usage, "egress_bytes"),
    host_calls: count(usage, "host_calls"),
    ...Object.fromEntries(optional.map((name) => [name, count(usage, name)])),
    log_lines: listOf(usage["log_lines"]).map(toLogLine),
    ...(exceeded.length === 0 ? {} : { exceeded }),
    ...(capabilities.length === 0 ? {} : { capabilities }),
    ...(egress.length === 0 ? {} : { egress }),
  };
}

function toLogLine(line: Fields): ExecuteLogLine {
  const level = line["level"];
  return {
    ts: text(line, "ts"),
    level: level === "warn" || level === "error" ? level : "info",
    message: text(line, "message"),
    ...(line["truncated"] === true ? { truncated: true } : {}),
  };
}

function toExceeded(one: Fields): readonly ExecuteLimitExceeded[] {
  const limit = text(one, "limit");
  if (!Object.hasOwn(EXECUTE_LIMIT_CODES, limit)) return [];
  const name = limit as ExecuteLimitName;
  return [{ limit: name, code: EXECUTE_LIMIT_CODES[name], value: count(one, "value") }];
}

function toCapability(one: Fields): ExecuteCapabilityUse {
  const spans = Array.isArray(one["spans"]) ? (one["spans"] as readonly unknown[]) : [];
  return {
    target: text(one, "target"),
    calls: count(one, "calls"),
    failed: count(one, "failed"),
    denied: count(one, "denied"),
    ms: count(one, "ms"),
    spans: spans.flatMap((span) => {
      const [at, ms] = Array.isArray(span) ? (span as readonly unknown[]) : [];
      return typeof at === "number" && typeof ms === "number" ? [[at, ms] as const] : [];
    }),
  };
}

function toEgress(one: Fields): ExecuteEgressUse {
  return {
    host: text(one, "host"),
    requests: count(one, "requests"),
    failed: count(one, "failed"),
    bytes: count(one, "bytes"),
    ms: count(one, "ms"),
  };
}

function count(fields: Fields, name: string): number {
  const value = fields[name];
  return typeof value === "number" ? value : 0;
}

function text(fields: Fields, name: string): string {
  const value = fields[name];
  return typeof value === "string" ? value : "";
}

function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? (value as readonly unknown[]).filter(isFields) : [];
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
