const encoder = new TextEncoder();

/** Unsigned LEB128 of a number below 2^32. */
export function leb(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push(rest > 0x7f ? (rest & 0x7f) | 0x80 : rest);
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Uint8Array.from(bytes);
}

/** Signed LEB128 of a 32-bit number. */
export function signedLeb(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    const isLast = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
    bytes.push(isLast ? low : low | 0x80);
    if (isLast) return Uint8Array.from(bytes);
  }
}

/** A name: its length and its UTF-8. */
export function nameBytes(text: string): Uint8Array {
  const bytes = encoder.encode(text);
  return join([leb(bytes.length), bytes]);
}

/** An opcode or a one-byte immediate, an encoded immediate, or a row of them. */
export type CodePart = number | Uint8Array | readonly (number | Uint8Array)[];

/** Opcodes and encoded immediates as one run of bytes. */
export function code(...parts: CodePart[]): Uint8Array {
  const one = (part: number | Uint8Array) => (typeof part === "number" ? Uint8Array.of(part) : part);
  return join(
    parts.flatMap((part) => (Array.isArray(part) ? part.map(one) : one(part as number | Uint8Array))),
  );
}

/** Several runs of bytes as one. */
export function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
