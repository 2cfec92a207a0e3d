/** Puts a body together as it comes in. */
export interface ByteCollector {
  /** Bytes so far. */
  readonly length: number;
  add(chunk: Uint8Array): void;
  /** Everything; the collector is of no use afterwards. */
  take(): Uint8Array;
}

/** A body of more than one piece starts with this. */
const FIRST_BYTES = 64 * 1024;
const EMPTY = new Uint8Array(0);

/**
 * Collect into one growing buffer: a list of pieces would let whoever sends a body byte by byte make every byte of it
 * cost an object. A body that comes in one piece is not copied.
 */
export function createByteCollector(): ByteCollector {
  let buffer: Uint8Array = EMPTY;
  let length = 0;
  return {
    get length() {
      return length;
    },
    add(chunk) {
      if (length === 0) {
        buffer = chunk;
        length = chunk.length;
        return;
      }
      const needed = length + chunk.length;
      if (needed > buffer.length) {
        const larger = Buffer.allocUnsafeSlow(Math.max(FIRST_BYTES, needed, 2 * length));
        larger.set(buffer.subarray(0, length));
        buffer = larger;
      }
      buffer.set(chunk, length);
      length = needed;
    },
    take: () => buffer.subarray(0, length),
  };
}
