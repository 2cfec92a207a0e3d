import { limitError } from "../broker/call-usage.ts";
import { RunnerError } from "../errors.ts";
import type { WireValue } from "../frames/wire-value.ts";
import type { RunnerLimits } from "../options.ts";

/** A guest's answer after every field was checked. */
export interface GuestResponse {
  readonly status: number;
  /** Lower-case names; the last of a name wins. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | null;
}

const TOKEN = /^[a-z0-9!#$%&'*+.^_`|~-]{1,100}$/;
// A header value with a control character could split the response further on.
const VALUE = /^[\t\x20-\x7e\x80-\xff]{0,8192}$/;

/**
 * Check what a cell says the guest answered; the cell's word counts for nothing.
 *
 * @throws {RunnerError} `execute_failed` on a malformed answer, `response_too_large` or `response_headers_exceeded` above a limit
 */
export function readGuestResponse(
  value: WireValue,
  limits: Pick<RunnerLimits, "responseBytes" | "responseHeaders">,
): GuestResponse {
  if (typeof value !== "object" || value === null || Array.isArray(value) || value instanceof Uint8Array) {
    throw malformed("no response record");
  }
  const { status, headers, body } = value as { readonly [key: string]: WireValue };
  if (typeof status !== "number" || !Number.isInteger(status) || status < 200 || status > 599) {
    throw malformed("status is not between 200 and 599");
  }
  if (!Array.isArray(headers)) throw malformed("headers are not a list");
  const list = headers as readonly WireValue[];
  if (list.length > limits.responseHeaders) throw limitError("response_headers", limits.responseHeaders);
  if (body !== undefined && body !== null && !(body instanceof Uint8Array))
    throw malformed("body is not bytes");
  if (body && body.length > limits.responseBytes) throw limitError("response_bytes", limits.responseBytes);
  return { status, headers: Object.fromEntries(list.map(readHeader)), body: body ?? null };
}

function readHeader(header: WireValue): [string, string] {
  const { name, value } = (header ?? {}) as { readonly name?: WireValue; readonly value?: WireValue };
  if (typeof name !== "string" || typeof value !== "string") throw malformed("a header is not text");
  const lower = name.toLowerCase();
  if (!TOKEN.test(lower) || !VALUE.test(value)) throw malformed("a header has forbidden characters");
  return [lower, value];
}

function malformed(what: string): RunnerError {
  return new RunnerError("execute_failed", `The extension answered nonsense: ${what}.`);
}
