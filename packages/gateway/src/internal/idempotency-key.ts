import { GatewayError } from "../errors.ts";

const KEY = /^[\x21-\x7e]{1,256}$/;

/**
 * The key under which the runner sees repeats of a call that changes something: the caller's, else the request id.
 *
 * @throws {GatewayError} `invalid_request` when the caller's is not 1–256 visible ASCII characters.
 */
export function idempotencyKeyOf(headers: Headers, requestId: string): string {
  const given = headers.get("x-idempotency-key");
  if (given === null) return requestId;
  if (KEY.test(given)) return given;
  throw new GatewayError("invalid_request", "x-idempotency-key must be 1 to 256 visible ASCII characters.");
}
