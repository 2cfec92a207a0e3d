import { GatewayError } from "../errors.ts";

/** A body that is being read: one growing buffer, because with a list of pieces one sent byte by byte costs an object for each. */
export interface BodyBuffer {
  /**
   * Take the next piece.
   *
   * @throws {GatewayError} `payload_too_large`.
   */
  add(piece: Uint8Array): void;
  bytes(): Uint8Array<ArrayBuffer>;
}

/** Create an empty body of at most `maxBytes`. */
export function createBodyBuffer(maxBytes: number): BodyBuffer {
  let body = new Uint8Array(0);
  let total = 0;
  return {
    add(piece) {
      const needed = total + piece.byteLength;
      if (needed > maxBytes) throw tooLarge(maxBytes);
      if (needed > body.length) {
        const larger = new Uint8Array(total === 0 ? needed : Math.min(maxBytes, Math.max(needed, 2 * total)));
        larger.set(body.subarray(0, total));
        body = larger;
      }
      body.set(piece, total);
      total = needed;
    },
    bytes: () => (total === body.length ? body : body.subarray(0, total)),
  };
}

/** The refusal of a body over the limit. */
export function tooLarge(maxBytes: number): GatewayError {
  return new GatewayError("payload_too_large", `The request body is larger than ${maxBytes} bytes.`, {
    details: { limit: "body_bytes", value: maxBytes },
  });
}

/** The refusal of a body that ended before its end. */
export function brokeOff(cause: unknown): GatewayError {
  return new GatewayError("invalid_request", "The request body broke off.", { cause });
}
