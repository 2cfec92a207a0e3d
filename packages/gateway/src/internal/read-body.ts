import { brokeOff, createBodyBuffer, tooLarge } from "./body-buffer.ts";
import { partsOf } from "./call-parts.ts";

/**
 * Read a request body, counting while it streams; null when there is none.
 *
 * @throws {GatewayError} `payload_too_large` as soon as it is known; the rest of the stream is cancelled unread.
 *   `invalid_request` when the body breaks off.
 */
export function readBody(request: Request, maxBytes: number): Promise<Uint8Array<ArrayBuffer> | null> {
  return partsOf(request)?.readBody(maxBytes) ?? readStream(request, maxBytes);
}

/** Read a body through its stream, whatever the request is made of. */
export async function readStream(
  { body, headers }: Pick<Request, "body" | "headers">,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer> | null> {
  if (body === null) return null;
  if (Number(headers.get("content-length") ?? 0) > maxBytes) {
    await body.cancel().catch(() => {});
    throw tooLarge(maxBytes);
  }
  const buffer = createBodyBuffer(maxBytes);
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read().catch((cause: unknown) => {
      throw brokeOff(cause);
    });
    if (done) return buffer.bytes();
    try {
      buffer.add(value);
    } catch (error) {
      await reader.cancel().catch(() => {});
      throw error;
    }
  }
}
