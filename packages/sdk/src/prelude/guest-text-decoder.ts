import { binaryFromBytes, isAscii } from "./native-base64.ts";
import { decodeUtf8Lossy, incompleteTail } from "./utf8.ts";

const LABELS = new Set([
  "unicode-1-1-utf-8",
  "unicode11utf8",
  "unicode20utf8",
  "utf-8",
  "utf8",
  "x-unicode20utf8",
]);
const BOM = "\ufeff";

/** `TextDecoder` for UTF-8 at native speed; other encodings are a RangeError. */
export class GuestTextDecoder {
  readonly fatal: boolean;
  readonly ignoreBOM: boolean;
  #pending: Uint8Array = new Uint8Array(0);
  #streaming = false;
  #started = false;

  constructor(label: unknown = "utf-8", options: { fatal?: boolean; ignoreBOM?: boolean } = {}) {
    const name = String(label).trim().toLowerCase();
    if (!LABELS.has(name)) throw new RangeError(`The encoding ${name} is not supported here: only utf-8 is.`);
    this.fatal = Boolean(options.fatal);
    this.ignoreBOM = Boolean(options.ignoreBOM);
  }

  get encoding(): string {
    return "utf-8";
  }

  decode(input?: ArrayBufferView | ArrayBufferLike, options: { stream?: boolean } = {}): string {
    if (!this.#streaming) this.#started = false;
    this.#streaming = Boolean(options.stream);
    let bytes = toBytes(input);
    if (this.#pending.length > 0) {
      const joined = new Uint8Array(this.#pending.length + bytes.length);
      joined.set(this.#pending);
      joined.set(bytes, this.#pending.length);
      bytes = joined;
      this.#pending = new Uint8Array(0);
    }
    if (this.#streaming) {
      const keep = incompleteTail(bytes);
      this.#pending = bytes.slice(bytes.length - keep);
      bytes = bytes.subarray(0, bytes.length - keep);
    }
    const text = this.#decodeWhole(bytes);
    if (this.#started || text === "") return text;
    this.#started = true;
    return !this.ignoreBOM && text.startsWith(BOM) ? text.slice(1) : text;
  }

  #decodeWhole(bytes: Uint8Array): string {
    const binary = binaryFromBytes(bytes);
    if (isAscii(bytes)) return binary;
    try {
      return decodeURIComponent(escape(binary));
    } catch (error) {
      if (this.fatal) {
        this.#streaming = false;
        throw new TypeError("The encoded data is not valid UTF-8.", { cause: error });
      }
    }
    return decodeUtf8Lossy(bytes);
  }
}

function toBytes(input?: ArrayBufferView | ArrayBufferLike): Uint8Array {
  if (input === undefined) return new Uint8Array(0);
  if (input instanceof Uint8Array) return input;
  if (ArrayBuffer.isView(input)) return new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
  if (input instanceof ArrayBuffer || input instanceof SharedArrayBuffer) return new Uint8Array(input);
  throw new TypeError("TextDecoder.decode needs an ArrayBuffer or a view of one.");
}
