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
  return new GrowingBuffer();
}

/** A class, for there is one in every call: an object with a getter of its own is slow to make. */
class GrowingBuffer implements ByteCollector {
  #buffer: Uint8Array = EMPTY;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(chunk: Uint8Array): void {
    if (this.#length === 0) {
      this.#buffer = chunk;
      this.#length = chunk.length;
      return;
    }
    const needed = this.#length + chunk.length;
    if (needed > this.#buffer.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(FIRST_BYTES, needed, 2 * this.#length));
      larger.set(this.take());
      this.#buffer = larger;
    }
    this.#buffer.set(chunk, this.#length);
    this.#length = needed;
  }

  take(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }
}
