import type { ExecuteLogLine, ExecuteResponse, ExecuteUsage } from "@alga-ext/protocol";
import { GatewayError } from "./errors.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * Check the JSON a runner answers with; missing `headers`, `body_b64` and `error` are empty (contract §2.2).
 *
 * @throws {GatewayError} `bad_gateway` when it is not an execute response.
 */
export function parseExecuteResponse(value: unknown): ExecuteResponse {
  if (!isFields(value) || typeof value["status"] !== "number") throw malformed("status");
  const body = value["body_b64"] ?? null;
  const error = value["error"] ?? null;
  if (body !== null && typeof body !== "string") throw malformed("body_b64");
  if (error !== null && typeof error !== "string") throw malformed("error");
  const usage = value["usage"];
  return {
    status: value["status"],
    headers: toHeaders(value["headers"] ?? {}),
    body_b64: body,
    error,
    ...(isFields(usage) ? { usage: toUsage(usage) } : {}),
  };
}

function toHeaders(value: unknown): Record<string, string> {
  if (!isFields(value)) throw malformed("headers");
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, Array.isArray(one) ? one.join(", ") : String(one)]),
  );
}

function toUsage(usage: Fields): ExecuteUsage {
  const count = (name: string): number => (typeof usage[name] === "number" ? usage[name] : 0);
  const lines = Array.isArray(usage["log_lines"]) ? (usage["log_lines"] as readonly unknown[]) : [];
  return {
    duration_ms: count("duration_ms"),
    egress_bytes: count("egress_bytes"),
    host_calls: count("host_calls"),
    log_lines: lines.filter(isFields).map(toLogLine),
  };
}

function toLogLine(line: Fields): ExecuteLogLine {
  const level = line["level"];
  return {
    ts: typeof line["ts"] === "string" ? line["ts"] : "",
    level: level === "warn" || level === "error" ? level : "info",
    message: typeof line["message"] === "string" ? line["message"] : "",
  };
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function malformed(field: string): GatewayError {
  return new GatewayError("bad_gateway", "The runner's answer is malformed.", { details: { field } });
}
