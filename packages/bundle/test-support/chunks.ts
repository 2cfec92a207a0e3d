/** The bytes in pieces of one size, in memory that is reused for each piece, as a careless source would. */
export async function* inPieces(bytes: Uint8Array, pieceBytes: number): AsyncGenerator<Uint8Array, void> {
  const piece = new Uint8Array(pieceBytes);
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const part = bytes.subarray(at, at + pieceBytes);
    piece.set(part);
    yield piece.subarray(0, part.length);
  }
}

/** A web stream of those pieces, and whether its reader gave up. */
export function toWebStream(chunks: AsyncIterable<Uint8Array>): {
  readonly stream: ReadableStream<Uint8Array>;
  readonly isCancelled: () => boolean;
} {
  const iterator = chunks[Symbol.asyncIterator]();
  let cancelled = false;
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done === true) controller.close();
      else controller.enqueue(value.slice());
    },
    cancel() {
      cancelled = true;
    },
  });
  return { stream, isCancelled: () => cancelled };
}
