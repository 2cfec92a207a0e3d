import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

/** Encodings a file is kept in. */
export type UiEncoding = "br" | "gzip" | "identity";

/** One file in one encoding, with its strong validator. */
export interface EncodedFile {
  readonly bytes: Uint8Array;
  readonly encoding: UiEncoding;
  readonly etag: string;
}

const MIN_COMPRESS_BYTES = 1_024;
const toBrotli = promisify(brotliCompress);
const toGzip = promisify(gzip);
const ENCODED = new WeakMap<Uint8Array, Map<UiEncoding, Promise<EncodedFile>>>();

/** The best encoding a client takes; `q=0` refuses one. */
export function chooseEncoding(acceptEncoding: string | null): UiEncoding {
  const accepted = new Set(
    (acceptEncoding ?? "")
      .split(",")
      .map((part) => part.trim().toLowerCase())
      .filter((part) => !/;\s*q=0(?:\.0*)?$/.test(part))
      .map((part) => part.split(";")[0]?.trim()),
  );
  if (accepted.has("br")) return "br";
  return accepted.has("gzip") ? "gzip" : "identity";
}

/** A file as a client takes it; each encoding is made once and lives as long as the file's bytes. */
export function encodeFile(
  bytes: Uint8Array,
  options: { encoding: UiEncoding; compressible: boolean },
): Promise<EncodedFile> {
  const encoding = options.compressible && bytes.length >= MIN_COMPRESS_BYTES ? options.encoding : "identity";
  let made = ENCODED.get(bytes);
  if (made === undefined) ENCODED.set(bytes, (made = new Map()));
  const known = made.get(encoding);
  if (known !== undefined) return known;
  const started = encode(bytes, encoding);
  made.set(encoding, started);
  return started;
}

async function encode(bytes: Uint8Array, encoding: UiEncoding): Promise<EncodedFile> {
  const digest = createHash("sha256").update(bytes).digest("hex");
  if (encoding === "br") {
    const params = { [constants.BROTLI_PARAM_QUALITY]: 6, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
    return { bytes: await toBrotli(bytes, { params }), encoding, etag: `"sha256-${digest}-br"` };
  }
  if (encoding === "gzip") return { bytes: await toGzip(bytes), encoding, etag: `"sha256-${digest}-gzip"` };
  return { bytes, encoding, etag: `"sha256-${digest}"` };
}
