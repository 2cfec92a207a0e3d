/**
 * Pieces as a body for a response.
 *
 * Cancelled unread it takes one piece first: only an iteration that has begun closes what it reads from.
 */
export function toStream(pieces: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array<ArrayBuffer>> {
  const iterator = pieces[Symbol.asyncIterator]();
  let hasBegun = false;
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        hasBegun = true;
        const step = await iterator.next();
        if (step.done === true) controller.close();
        else controller.enqueue(step.value as Uint8Array<ArrayBuffer>);
      },
      async cancel() {
        if (!hasBegun) await iterator.next();
        await iterator.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}
