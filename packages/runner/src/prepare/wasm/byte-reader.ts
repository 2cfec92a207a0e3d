import { RunnerError } from "../../errors.ts";

/** The refusal of a core module; the reason is a clause such as "it has more than one memory". */
export function refuseModule(reason: string, kind: "malformed" | "features" | "limits"): RunnerError {
  return new RunnerError("component_rejected", `A core module is refused: ${reason}.`, {
    details: { reason: kind },
  });
}

const decoder = new TextDecoder("utf-8", { fatal: true });

/** Reads a core module's bytes front to back; every read is checked against the end. */
export class ByteReader {
  readonly bytes: Uint8Array;
  /** Offset of the next byte. */
  at: number;
  readonly end: number;

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  /** @throws {RunnerError} `component_rejected` past the end, as all reads do */
  u8(): number {
    const byte = this.bytes[this.at];
    if (byte === undefined || this.at >= this.end) throw refuseModule("it is cut off", "malformed");
    this.at += 1;
    return byte;
  }

  u32(): number {
    let value = 0;
    for (let shift = 0; shift < 5; shift++) {
      const byte = this.u8();
      value += (byte & 0x7f) * 2 ** (7 * shift);
      if ((byte & 0x80) === 0) {
        if (value > 0xffff_ffff) break;
        return value;
      }
    }
    throw refuseModule("a number is too long", "malformed");
  }

  /** Pass one LEB128 number of up to 64 bits. */
  skipLeb(): void {
    for (let count = 0; count < 10; count++) if ((this.u8() & 0x80) === 0) return;
    throw refuseModule("a number is too long", "malformed");
  }

  skip(length: number): void {
    if (this.at + length > this.end) throw refuseModule("it is cut off", "malformed");
    this.at += length;
  }

  /** The next `length` bytes, not copied. */
  take(length: number): Uint8Array {
    const start = this.at;
    this.skip(length);
    return this.bytes.subarray(start, this.at);
  }

  name(): string {
    try {
      return decoder.decode(this.take(this.u32()));
    } catch (cause) {
      if (cause instanceof RunnerError) throw cause;
      throw refuseModule("a name is not UTF-8", "malformed");
    }
  }
}
