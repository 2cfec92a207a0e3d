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
const NONE = new Uint8Array(0);

/** What a text that comes in chunks leaves between them. */
interface Chunks {
  /** The start of a character. */
  pending: Uint8Array;
  hasStarted: boolean;
}

/** `TextDecoder` for UTF-8 at native speed; other encodings are a RangeError. */
export class GuestTextDecoder {
  readonly fatal: boolean;
  readonly ignoreBOM: boolean;
  #chunks: Chunks | null = null;

  constructor(label: unknown = "utf-8", options?: { fatal?: boolean; ignoreBOM?: boolean }) {
    const name = label === "utf-8" ? label : String(label).trim().toLowerCase();
    if (!LABELS.has(name)) throw new RangeError(`The encoding ${name} is not supported here: only utf-8 is.`);
    this.fatal = Boolean(options?.fatal);
    this.ignoreBOM = Boolean(options?.ignoreBOM);
  }

  get encoding(): string {
    return "utf-8";
  }

  decode(input?: ArrayBufferView | ArrayBufferLike, options?: { stream?: boolean }): string {
    const bytes = toBytes(input);
    const isMore = Boolean(options?.stream);
    if (isMore || this.#chunks !== null) return this.#decodeChunk(bytes, isMore);
    return this.#withoutBom(this.#decodeWhole(bytes));
  }

  #decodeChunk(chunk: Uint8Array, isMore: boolean): string {
    const chunks = (this.#chunks ??= { pending: NONE, hasStarted: false });
    let bytes = chunk;
    if (chunks.pending.length > 0) {
      bytes = new Uint8Array(chunks.pending.length + chunk.length);
      bytes.set(chunks.pending);
      bytes.set(chunk, chunks.pending.length);
      chunks.pending = NONE;
    }
    if (isMore) {
      const keep = incompleteTail(bytes);
      chunks.pending = bytes.slice(bytes.length - keep);
      bytes = bytes.subarray(0, bytes.length - keep);
    } else this.#chunks = null;
    const text = this.#decodeWhole(bytes);
    if (chunks.hasStarted || text === "") return text;
    chunks.hasStarted = true;
    return this.#withoutBom(text);
  }

  #withoutBom(text: string): string {
    return !this.ignoreBOM && text.startsWith(BOM) ? text.slice(1) : text;
  }

  #decodeWhole(bytes: Uint8Array): string {
    const binary = binaryFromBytes(bytes);
    if (isAscii(bytes)) return binary;
    try {
      return decodeURIComponent(escape(binary));
    } catch (error) {
      if (this.fatal) {
        if (this.#chunks !== null) this.#chunks.hasStarted = false;
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
