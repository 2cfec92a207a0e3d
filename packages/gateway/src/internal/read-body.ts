import { GatewayError } from "../errors.ts";

/**
 * Read a request body, counting while it streams; null when there is none.
 *
 * @throws {GatewayError} `payload_too_large` as soon as it is known; the rest of the stream is cancelled unread.
 *   `invalid_request` when the body breaks off.
 */
export async function readBody(request: Request, maxBytes: number): Promise<Uint8Array<ArrayBuffer> | null> {
  if (request.body === null) return null;
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) {
    await request.body.cancel().catch(() => {});
    throw tooLarge(maxBytes);
  }
  // One growing buffer: with a list of pieces, a body sent byte by byte would cost an object for each.
  let body = new Uint8Array(0);
  let total = 0;
  const reader = request.body.getReader();
  for (;;) {
    const { done, value } = await reader.read().catch((cause: unknown) => {
      throw new GatewayError("invalid_request", "The request body broke off.", { cause });
    });
    if (done) break;
    const needed = total + value.byteLength;
    if (needed > maxBytes) {
      await reader.cancel().catch(() => {});
      throw tooLarge(maxBytes);
    }
    if (needed > body.length) {
      const larger = new Uint8Array(total === 0 ? needed : Math.min(maxBytes, Math.max(needed, 2 * total)));
      larger.set(body.subarray(0, total));
      body = larger;
    }
    body.set(value, total);
    total = needed;
  }
  return body.subarray(0, total);
}

function tooLarge(maxBytes: number): GatewayError {
  return new GatewayError("payload_too_large", `The request body is larger than ${maxBytes} bytes.`, {
    details: { limit: "body_bytes", value: maxBytes },
  });
}
