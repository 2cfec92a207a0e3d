import type { IncomingMessage } from "node:http";
import { brokeOff, createBodyBuffer, tooLarge } from "../internal/body-buffer.ts";

/**
 * Read the body of a node request that nobody has begun to read; a small one has arrived with its headers and is taken
 * at once.
 *
 * @throws {GatewayError} as `readBody`; the rest stays unread.
 */
export async function readIncoming(
  incoming: IncomingMessage,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  // Chunked bodies have none, and no other can be longer than it says.
  const length = Number(incoming.headers["content-length"] ?? Infinity);
  if (length !== Infinity && length > maxBytes) throw tooLarge(maxBytes);
  const buffer = createBodyBuffer(maxBytes);
  if (incoming.readableLength >= length || incoming.complete) {
    const all = incoming.read() as Buffer | null;
    if (all !== null) buffer.add(all);
    // Its end has yet to be seen, or the request would be kept with its connection.
    incoming.resume();
    return buffer.bytes();
  }
  if (incoming.destroyed) throw brokeOff(incoming.errored);
  return new Promise((resolve, reject) => {
    const settle = (outcome: () => void): void => {
      incoming.off("data", onData).off("end", onEnd).off("error", onBroken).off("close", onBroken);
      outcome();
    };
    const onData = (piece: Buffer): void => {
      try {
        buffer.add(piece);
      } catch (error) {
        incoming.pause();
        settle(() => reject(error));
      }
    };
    const onEnd = (): void => settle(() => resolve(buffer.bytes()));
    const onBroken = (cause?: Error): void => settle(() => reject(brokeOff(cause)));
    incoming.on("data", onData).once("end", onEnd).once("error", onBroken).once("close", onBroken);
  });
}
