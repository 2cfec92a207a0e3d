/** Newer engines have both directions natively; the types of es2024 do not know yet. */
interface NativeBase64 {
  toBase64?(): string;
}
interface NativeFromBase64 {
  fromBase64?(text: string): Uint8Array<ArrayBuffer>;
}

const CHUNK = 0x8000;

/** Standard base64 of bytes, without Node's Buffer. */
export function toBase64(bytes: Uint8Array): string {
  const native = bytes as Uint8Array & NativeBase64;
  if (native.toBase64 !== undefined) return native.toBase64();
  let binary = "";
  for (let at = 0; at < bytes.length; at += CHUNK) {
    binary += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  }
  return btoa(binary);
}

/**
 * Bytes of standard base64.
 *
 * @throws {SyntaxError | DOMException} when the text is not base64.
 */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const native = Uint8Array as typeof Uint8Array & NativeFromBase64;
  if (native.fromBase64 !== undefined) return native.fromBase64(text);
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
