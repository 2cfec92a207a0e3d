/** Up to here a body is handed over whole. */
const CHUNK_BYTES = 64 * 1024;

/** The body of a file in pieces, so that slow readers of a large one do not hold a copy of it each. */
export function toUiBody(bytes: Uint8Array): Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> {
  if (bytes.length <= CHUNK_BYTES) return bytes as Uint8Array<ArrayBuffer>;
  let at = 0;
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        // A copy: whoever reads a stream may keep and change what it gets.
        controller.enqueue(bytes.slice(at, at + CHUNK_BYTES));
        at += CHUNK_BYTES;
        if (at >= bytes.length) controller.close();
      },
    },
    { highWaterMark: 0 },
  );
}
