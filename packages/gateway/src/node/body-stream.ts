import type { IncomingMessage } from "node:http";

/** The body, pulled chunk by chunk; cancelling leaves the connection usable for the answer. */
export function toBodyStream(incoming: IncomingMessage): ReadableStream<Uint8Array> {
  let isListening = false;
  let isOver = false;
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (isListening) {
          incoming.resume();
          return;
        }
        isListening = true;
        const over = (settle: () => void) => (): void => {
          if (isOver) return;
          isOver = true;
          settle();
        };
        incoming.on("data", (chunk: Buffer) => {
          if (isOver) return;
          controller.enqueue(new Uint8Array(chunk));
          if ((controller.desiredSize ?? 0) <= 0) incoming.pause();
        });
        incoming.once(
          "end",
          over(() => controller.close()),
        );
        const fail = over(() => controller.error(new DOMException("The body broke off.", "NetworkError")));
        incoming.once("error", fail);
        incoming.once("close", fail);
      },
      cancel() {
        isOver = true;
        incoming.pause();
      },
    },
    { highWaterMark: 0 },
  );
}
