import { BundleError } from "../errors.ts";

/** What the headers of a zstd frame declare. */
export interface ZstdFrame {
  /** Uncompressed bytes, when the header says so. */
  readonly contentSize: number | null;
  /** Bytes a decoder must keep to decode it. */
  readonly windowSize: number;
}

/** What to demand of the frame. */
export interface ZstdFrameOptions {
  /** Largest window accepted, in bytes. */
  readonly maxWindowBytes: number;
  /** Demand a content size, as our writer gives it. @default false */
  readonly requireContentSize?: boolean;
}

const MAGIC = 0xfd2fb528;
const MAX_BLOCK_BYTES = 128 * 1024;
const BLOCK_HEADER_BYTES = 3;
const CHECKSUM_BYTES = 4;

/**
 * Walks the headers of a zstd file while it arrives and stops at the first byte that is not part of exactly one frame,
 * with a checksum, without a dictionary, with a small window, and nothing after it.
 *
 * Decoders silently accept concatenated frames, skippable frames and trailing bytes, so without this any number of
 * byte strings would be the same archive.
 */
export class ZstdFrameWalker {
  readonly #options: ZstdFrameOptions;
  /** Bytes of a header, until it is complete. */
  readonly #pending = new Uint8Array(18);
  readonly #view = new DataView(this.#pending.buffer);
  #filled = 0;
  #wanted = 5;
  #part: "descriptor" | "header" | "block" | "end" = "descriptor";
  #skip = 0;
  #isLastBlock = false;
  #frame: ZstdFrame = { contentSize: null, windowSize: 0 };

  constructor(options: ZstdFrameOptions) {
    this.#options = options;
  }

  /** @throws {BundleError} `bad_compression`, or `not_canonical` for a missing content size */
  push(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length;) {
      if (this.#skip > 0) {
        const skipped = Math.min(this.#skip, chunk.length - at);
        this.#skip -= skipped;
        at += skipped;
      } else if (this.#part === "end") {
        throw bad("something follows its one frame");
      } else {
        this.#pending[this.#filled++] = chunk[at++] ?? 0;
        if (this.#filled === this.#wanted) this.#take();
      }
    }
  }

  /** @throws {BundleError} `bad_compression` when the frame is cut short */
  finish(): ZstdFrame {
    if (this.#part !== "end" || this.#skip > 0) throw bad("it is cut short");
    return this.#frame;
  }

  #take(): void {
    if (this.#part === "descriptor") {
      this.#readDescriptor(this.#view.getUint8(4));
      return;
    }
    if (this.#part === "header") this.#readHeader(this.#view.getUint8(4));
    else this.#readBlock();
    this.#filled = 0;
    this.#wanted = BLOCK_HEADER_BYTES;
    this.#part = this.#isLastBlock ? "end" : "block";
  }

  #readDescriptor(descriptor: number): void {
    if (this.#view.getUint32(0, true) !== MAGIC) throw bad("it does not start with a zstd frame");
    if ((descriptor & 0x18) !== 0) throw bad("reserved header bits are set");
    if ((descriptor & 0x04) === 0)
      throw bad("the frame has no checksum (zstd writes one unless told --no-check)");
    if ((descriptor & 0x03) !== 0) throw bad("the frame needs a dictionary");
    this.#part = "header";
    this.#wanted = 5 + (isSingleSegment(descriptor) ? 0 : 1) + contentSizeBytes(descriptor);
  }

  #readHeader(descriptor: number): void {
    const sizeBytes = contentSizeBytes(descriptor);
    const contentSize = readContentSize(this.#view, this.#wanted - sizeBytes, sizeBytes);
    if (contentSize === null && this.#options.requireContentSize === true) {
      throw new BundleError(
        "not_canonical",
        "The archive is not canonical: its zstd frame has no content size.",
      );
    }
    const windowSize = isSingleSegment(descriptor)
      ? (contentSize ?? 0)
      : toWindowSize(this.#view.getUint8(5));
    const { maxWindowBytes } = this.#options;
    if (windowSize > maxWindowBytes) {
      throw new BundleError(
        "bad_compression",
        "The zstd window is larger than readers allow; compress with at most level 19 and without --long.",
        { details: { limit: "maxWindowBytes", value: maxWindowBytes, window: windowSize } },
      );
    }
    this.#frame = { contentSize, windowSize };
  }

  #readBlock(): void {
    const header = this.#view.getUint16(0, true) | (this.#view.getUint8(2) << 16);
    const type = (header >> 1) & 3;
    const size = header >> 3;
    if (type === 3) throw bad("a block has the reserved type");
    if (size > MAX_BLOCK_BYTES) throw bad("a block is larger than 128 KiB");
    this.#isLastBlock = (header & 1) === 1;
    // A run-length block is one byte, whatever its size.
    this.#skip = (type === 1 ? 1 : size) + (this.#isLastBlock ? CHECKSUM_BYTES : 0);
  }
}

/**
 * Walk a whole zstd file held in memory; see {@link ZstdFrameWalker}.
 *
 * @throws {BundleError} `bad_compression`, or `not_canonical` for a missing content size
 */
export function readZstdFrame(bytes: Uint8Array, options: ZstdFrameOptions): ZstdFrame {
  const walker = new ZstdFrameWalker(options);
  walker.push(bytes);
  return walker.finish();
}

function isSingleSegment(descriptor: number): boolean {
  return (descriptor & 0x20) !== 0;
}

function toWindowSize(byte: number): number {
  const base = 2 ** (10 + (byte >> 3));
  return base + (base / 8) * (byte & 7);
}

function contentSizeBytes(descriptor: number): 0 | 1 | 2 | 4 | 8 {
  const flag = descriptor >> 6;
  if (flag === 0) return isSingleSegment(descriptor) ? 1 : 0;
  return flag === 1 ? 2 : flag === 2 ? 4 : 8;
}

function readContentSize(view: DataView, at: number, bytes: 0 | 1 | 2 | 4 | 8): number | null {
  switch (bytes) {
    case 0:
      return null;
    case 1:
      return view.getUint8(at);
    case 2:
      return view.getUint16(at, true) + 256;
    case 4:
      return view.getUint32(at, true);
    case 8:
      return Number(view.getBigUint64(at, true));
  }
}

function bad(reason: string): BundleError {
  return new BundleError("bad_compression", `Not an acceptable zstd file: ${reason}.`);
}
