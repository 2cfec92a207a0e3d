import type { ExecuteRequest } from "@alga-ext/protocol";
import type { CallLimits } from "./call-limits.ts";
import { limitError, type CallUsage, type EndingLimit } from "./call-usage.ts";

interface Measured {
  readonly limits: CallLimits;
  readonly usage: CallUsage;
}

/**
 * Check what a guest is asked against the limits of its call.
 *
 * @throws {RunnerError} `payload_too_large`, `request_headers_exceeded`
 */
export function assertRequestFits({ http }: ExecuteRequest, measured: Measured): void {
  const body = http.body_b64 ?? "";
  const padding = body.endsWith("==") ? 2 : body.endsWith("=") ? 1 : 0;
  const headers = measure(http.headers ?? {});
  // Four characters of base64 are three bytes.
  assertWithin("request_bytes", Math.floor((body.length * 3) / 4) - padding, measured);
  assertWithin("request_headers", headers.count, measured);
  assertWithin("request_header_bytes", headers.length, measured);
}

/**
 * Check what a guest answers against the limits of its call.
 *
 * @throws {RunnerError} `response_too_large`, `response_headers_exceeded`
 */
export function assertResponseFits(
  response: { readonly headers: Readonly<Record<string, string>>; readonly body: Uint8Array | null },
  measured: Measured,
): void {
  const headers = measure(response.headers);
  assertWithin("response_bytes", response.body?.length ?? 0, measured);
  assertWithin("response_headers", headers.count, measured);
  assertWithin("response_header_bytes", headers.length, measured);
}

function assertWithin(limit: EndingLimit, size: number, { limits, usage }: Measured): void {
  if (size <= limits[limit]) return;
  usage.exceeded.set(limit, limits[limit]);
  throw limitError(limit, limits[limit]);
}

/** How many headers there are, and how many characters in their names and values. */
function measure(headers: Readonly<Record<string, string>>): { count: number; length: number } {
  const names = Object.keys(headers);
  let length = 0;
  for (const name of names) length += name.length + (headers[name]?.length ?? 0);
  return { count: names.length, length };
}
