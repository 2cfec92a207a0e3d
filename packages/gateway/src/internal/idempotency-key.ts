import { GatewayError } from "../errors.ts";

const KEY = /^[\x21-\x7e]{1,256}$/;

/**
 * The key under which a caller wants a call to be made once; undefined when it names none.
 *
 * @throws {GatewayError} `invalid_request` when it is not 1–256 visible ASCII characters.
 */
export function givenKeyOf(headers: Headers): string | undefined {
  const given = headers.get("x-idempotency-key");
  if (given === null) return undefined;
  if (KEY.test(given)) return given;
  throw new GatewayError("invalid_request", "x-idempotency-key must be 1 to 256 visible ASCII characters.");
}
