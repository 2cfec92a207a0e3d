import { subtle } from "node:crypto";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip, zstdCompress } from "node:zlib";
import { LRUCache } from "lru-cache";
import type { UiEncoding } from "./choose-encoding.ts";

/** One file in one encoding, with its strong validator. */
export interface EncodedFile {
  readonly bytes: Uint8Array;
  readonly encoding: UiEncoding;
  readonly etag: string;
}

/** UI files as they are sent; each encoding is made once and kept under a budget. */
export interface UiFiles {
  /** The file in that encoding, or as it is where that is smaller, not worth it, or too much at once. */
  get(bytes: Uint8Array, encoding: UiEncoding): Promise<EncodedFile>;
}

const MIN_COMPRESS_BYTES = 1_024;
/** What is larger is sent as it is: compressing it would keep the threads from everyone else for too long. */
const MAX_COMPRESS_BYTES = 8 * 1024 * 1024;
/** Compressions at once; further files are sent as they are meanwhile. */
const MAX_AT_ONCE = 4;

const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT, ZSTD_c_compressionLevel } = constants;
const toBrotli = promisify(brotliCompress);
const toZstd = promisify(zstdCompress);
const toGzip = promisify(gzip);

const ENCODERS: Readonly<
  Record<Exclude<UiEncoding, "identity">, (bytes: Uint8Array) => Promise<Uint8Array>>
> = {
  br: (bytes) =>
    toBrotli(bytes, { params: { [BROTLI_PARAM_QUALITY]: 6, [BROTLI_PARAM_SIZE_HINT]: bytes.length } }),
  zstd: (bytes) => toZstd(bytes, { params: { [ZSTD_c_compressionLevel]: 12 } }),
  gzip: (bytes) => toGzip(bytes, { level: 7 }),
};

/** Create the files of one runner; `maxBytes` bounds what is kept compressed. */
export function createUiFiles(options: {
  readonly maxBytes: number;
  readonly onLook?: (isHit: boolean) => void;
}): UiFiles {
  const digests = new WeakMap<Uint8Array, Promise<string>>();
  const kept = new LRUCache<string, EncodedFile>({
    maxSize: Math.max(1, options.maxBytes),
    sizeCalculation: ({ bytes, encoding }) => 200 + (encoding === "identity" ? 0 : bytes.length),
  });
  const making = new Map<string, Promise<EncodedFile>>();

  const digestOf = (bytes: Uint8Array): Promise<string> => {
    const known = digests.get(bytes);
    if (known !== undefined) return known;
    const started = subtle
      .digest("SHA-256", bytes as Uint8Array<ArrayBuffer>)
      .then((digest) => Buffer.from(digest).toString("hex"));
    digests.set(bytes, started);
    return started;
  };

  return {
    async get(bytes, encoding) {
      const digest = await digestOf(bytes);
      const plain: EncodedFile = { bytes, encoding: "identity", etag: `"sha256-${digest}"` };
      if (encoding === "identity" || bytes.length < MIN_COMPRESS_BYTES || bytes.length > MAX_COMPRESS_BYTES)
        return plain;
      const key = `${digest}-${encoding}`;
      const known = kept.get(key);
      const pending = making.get(key);
      options.onLook?.(known !== undefined || pending !== undefined);
      // An entry that says "as it is" holds no bytes: the bundle's memory is the bundle store's to account for.
      if (known !== undefined) return known.encoding === "identity" ? plain : known;
      if (pending !== undefined) return await pending;
      if (making.size >= MAX_AT_ONCE) return plain;
      const started = ENCODERS[encoding](bytes).then((encoded): EncodedFile => {
        const isSmaller = encoded.length < bytes.length;
        const file = isSmaller ? { bytes: encoded, encoding, etag: `"sha256-${key}"` } : plain;
        kept.set(key, isSmaller ? file : { ...plain, bytes: new Uint8Array(0) });
        return file;
      });
      making.set(key, started);
      try {
        return await started;
      } finally {
        making.delete(key);
      }
    },
  };
}
