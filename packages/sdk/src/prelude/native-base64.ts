/** What the engine offers natively: in QuickJS these run in C, everything per character runs in the interpreter. */
interface NativeBase64 {
  fromBase64(text: string): Uint8Array<ArrayBuffer>;
}

/** Bytes of a string whose code units are all below 256. */
export function bytesFromBinary(binary: string): Uint8Array<ArrayBuffer> {
  return (Uint8Array as unknown as NativeBase64).fromBase64(btoa(binary));
}

/** One code unit per byte. */
export function binaryFromBytes(bytes: Uint8Array): string {
  return atob((bytes as unknown as { toBase64(): string }).toBase64());
}

const HIGH_BITS = 0x80808080 | 0;

/** True when every byte is below 128; reads four bytes at a time, because the loop is interpreted. */
export function isAscii(bytes: Uint8Array): boolean {
  const { length } = bytes;
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  const words = new Int32Array(aligned.buffer, aligned.byteOffset, length >> 2);
  const count = words.length;
  let bits = 0;
  let index = 0;
  for (const end = count & ~7; index < end; index += 8) {
    bits |=
      words[index]! |
      words[index + 1]! |
      words[index + 2]! |
      words[index + 3]! |
      words[index + 4]! |
      words[index + 5]! |
      words[index + 6]! |
      words[index + 7]!;
  }
  for (; index < count; index++) bits |= words[index]!;
  let rest = 0;
  for (index = count << 2; index < length; index++) rest |= aligned[index]!;
  return (bits & HIGH_BITS) === 0 && rest < 0x80;
}
