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

const MAX_BLOCK_BYTES = 128 * 1024;
const CHECKSUM_BYTES = 4;

/**
 * Walk the block headers of a zstd file and accept it only if it is exactly one frame, with a checksum, without a
 * dictionary, with a small window, and nothing after it.
 *
 * Decoders silently accept concatenated frames, skippable frames and trailing bytes, so without this any number of
 * byte strings would be the same archive.
 *
 * @throws {BundleError} `bad_compression`, or `not_canonical` for a missing content size
 */
export function readZstdFrame(bytes: Uint8Array, options: ZstdFrameOptions): ZstdFrame {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const need = (to: number): number => {
    if (to > bytes.length) throw bad("it is cut short");
    return to;
  };
  need(5);
  if (view.getUint32(0, true) !== 0xfd2fb528) throw bad("it does not start with a zstd frame");
  const descriptor = view.getUint8(4);
  const singleSegment = (descriptor & 0x20) !== 0;
  if ((descriptor & 0x18) !== 0) throw bad("reserved header bits are set");
  if ((descriptor & 0x04) === 0)
    throw bad("the frame has no checksum (zstd writes one unless told --no-check)");
  if ((descriptor & 0x03) !== 0) throw bad("the frame needs a dictionary");
  let at = 5;
  let windowSize = 0;
  if (!singleSegment) {
    need(at + 1);
    const byte = view.getUint8(at++);
    const base = 2 ** (10 + (byte >> 3));
    windowSize = base + (base / 8) * (byte & 7);
  }
  const sizeBytes = contentSizeBytes(descriptor >> 6, singleSegment);
  need(at + sizeBytes);
  const contentSize = readContentSize(view, at, sizeBytes);
  at += sizeBytes;
  if (contentSize === null && options.requireContentSize === true) {
    throw new BundleError(
      "not_canonical",
      "The archive is not canonical: its zstd frame has no content size.",
    );
  }
  if (singleSegment) windowSize = contentSize ?? 0;
  if (windowSize > options.maxWindowBytes) {
    throw new BundleError(
      "bad_compression",
      "The zstd window is larger than readers allow; compress with at most level 19.",
      {
        details: { limit: "maxWindowBytes", value: options.maxWindowBytes, window: windowSize },
      },
    );
  }
  for (let last = false; !last;) {
    need(at + 3);
    const header = view.getUint8(at) | (view.getUint8(at + 1) << 8) | (view.getUint8(at + 2) << 16);
    last = (header & 1) === 1;
    const type = (header >> 1) & 3;
    const size = header >> 3;
    if (type === 3) throw bad("a block has the reserved type");
    if (size > MAX_BLOCK_BYTES) throw bad("a block is larger than 128 KiB");
    at = need(at + 3 + (type === 1 ? 1 : size));
  }
  at = need(at + CHECKSUM_BYTES);
  if (at !== bytes.length) throw bad("something follows its one frame");
  return { contentSize, windowSize };
}

function contentSizeBytes(flag: number, singleSegment: boolean): 0 | 1 | 2 | 4 | 8 {
  if (flag === 0) return singleSegment ? 1 : 0;
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
