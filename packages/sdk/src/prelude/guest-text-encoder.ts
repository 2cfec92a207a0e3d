import { bytesFromBinary, isAscii } from "./native-base64.ts";

/** `TextEncoder` at native speed: ASCII through base64, the rest through the engine's own URI coder. */
export class GuestTextEncoder {
  get encoding(): string {
    return "utf-8";
  }

  encode(input: unknown = ""): Uint8Array<ArrayBuffer> {
    const text = String(input);
    try {
      const bytes = bytesFromBinary(text);
      if (isAscii(bytes)) return bytes;
    } catch {
      // a code unit above 255
    }
    return bytesFromBinary(unescape(encodeURIComponent(text.toWellFormed())));
  }

  encodeInto(source: unknown, destination: Uint8Array): { read: number; written: number } {
    const text = String(source);
    const bytes = this.encode(text);
    if (bytes.length <= destination.length) {
      destination.set(bytes);
      return { read: text.length, written: bytes.length };
    }
    let written = destination.length;
    while (written > 0 && (bytes[written]! & 0xc0) === 0x80) written--;
    destination.set(bytes.subarray(0, written));
    let read = 0;
    for (let at = 0; at < written; at++) {
      const byte = bytes[at]!;
      if ((byte & 0xc0) !== 0x80) read += byte >= 0xf0 ? 2 : 1;
    }
    return { read, written };
  }
}
