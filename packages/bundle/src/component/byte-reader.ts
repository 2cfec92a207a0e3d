import { BundleError } from "../errors.ts";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A cursor over one section that never reads outside it and refuses every overlong number. */
export class ByteReader {
  readonly bytes: Uint8Array;
  /** Next byte to read. */
  at: number;
  /** First byte that no longer belongs to this reader. */
  readonly end: number;

  constructor(bytes: Uint8Array, at = 0, end: number = bytes.length) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  /** Whether every byte was read. */
  get isDone(): boolean {
    return this.at >= this.end;
  }

  /** @throws {BundleError} `malformed_component`, as every method here */
  u8(): number {
    if (this.at >= this.end) throw this.malformed("it is cut short");
    return this.bytes[this.at++] ?? 0;
  }

  /** The next byte, not consumed. */
  peek(): number {
    if (this.at >= this.end) throw this.malformed("it is cut short");
    return this.bytes[this.at] ?? 0;
  }

  /** Unsigned LEB128, at most 32 bits in at most 5 bytes. */
  u32(): number {
    let value = 0;
    for (let i = 0; i < 4; i++) {
      const byte = this.u8();
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) return value;
    }
    const last = this.u8();
    if (last > 0x0f) throw this.malformed("a number is overlong");
    return value + last * 2 ** 28;
  }

  /** Unsigned LEB128 of 64 bits, as a double: only compared with caps. */
  u64(): number {
    let value = 0;
    for (let i = 0; i < 9; i++) {
      const byte = this.u8();
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) return value;
    }
    const last = this.u8();
    if (last > 1) throw this.malformed("a number is overlong");
    return value + last * 2 ** 63;
  }

  /** Signed LEB128 of 33 bits (block types, heap types, component value types). */
  s33(): number {
    return this.#signed(33);
  }

  /** Skip a signed LEB128 constant. */
  skipSigned(bits: 32 | 64): void {
    this.#signed(bits);
  }

  #signed(bits: number): number {
    let value = 0;
    const maxBytes = Math.ceil(bits / 7);
    for (let i = 0; i < maxBytes; i++) {
      const byte = this.u8();
      const low = byte & 0x7f;
      if (i === maxBytes - 1) {
        // What is left of the last byte must be sign extension, and the number must end here.
        const used = bits - 7 * i;
        const sign = low >> (used - 1);
        if (byte >= 0x80 || (sign !== 0 && sign !== 0x7f >> (used - 1)))
          throw this.malformed("a number is overlong");
      }
      value += low * 2 ** (7 * i);
      if (byte < 0x80) return (low & 0x40) === 0 ? value : value - 2 ** (7 * (i + 1));
    }
    throw this.malformed("a number is overlong");
  }

  /** Move on by some bytes that need no reading. */
  skip(count: number): void {
    if (count > this.end - this.at) throw this.malformed("it is cut short");
    this.at += count;
  }

  /** The number of elements that follow; each takes at least one byte, so the count is bounded by what is left. */
  count(): number {
    const count = this.u32();
    if (count > this.end - this.at) throw this.malformed("a count is larger than its section");
    return count;
  }

  /** Read a vector element by element. */
  each(read: () => void): void {
    for (let left = this.count(); left > 0; left--) read();
  }

  /** A length-prefixed UTF-8 string. */
  name(): string {
    const length = this.u32();
    const from = this.at;
    this.skip(length);
    try {
      return decoder.decode(this.bytes.subarray(from, this.at));
    } catch (error) {
      throw new BundleError("malformed_component", "Malformed component: a name is not UTF-8.", {
        cause: error,
      });
    }
  }

  /** A reader for the next `length` bytes, which are consumed here. */
  section(length: number): ByteReader {
    const from = this.at;
    this.skip(length);
    return new ByteReader(this.bytes, from, this.at);
  }

  /** Refuse bytes that nothing read. */
  assertDone(what: string): void {
    if (!this.isDone) throw this.malformed(`bytes are left over in ${what}`);
  }

  /** The error for bytes that make no sense here. */
  malformed(reason: string): BundleError {
    return new BundleError("malformed_component", `Malformed component: ${reason} (at byte ${this.at}).`, {
      details: { offset: this.at },
    });
  }
}
