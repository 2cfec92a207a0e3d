import type { ExecuteResponse } from "@alga-ext/protocol";
import { GatewayError } from "./errors.ts";
import { parseExecuteUsage } from "./parse-execute-usage.ts";

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
    ...(isFields(usage) ? { usage: parseExecuteUsage(usage) } : {}),
  };
}

function toHeaders(value: unknown): Record<string, string> {
  if (!isFields(value)) throw malformed("headers");
  const headers: Record<string, string> = {};
  for (const name in value) {
    const one = value[name];
    headers[name] = Array.isArray(one) ? one.join(", ") : String(one);
  }
  return headers;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function malformed(field: string): GatewayError {
  return new GatewayError("bad_gateway", "The runner's answer is malformed.", { details: { field } });
}
