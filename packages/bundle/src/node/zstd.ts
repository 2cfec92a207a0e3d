import { pipeline } from "node:stream/promises";
import { constants, createZstdCompress, createZstdDecompress } from "node:zlib";
import { BundleError } from "../errors.ts";
import type { ArchiveLimits } from "../options.ts";
import type { ZstdFrame } from "../archive/zstd-frame.ts";

/** What goes into the compressor at a time, however the content arrives: the frame must not depend on that. */
const INPUT_BYTES = 128 * 1024;
const OUTPUT_BYTES = 256 * 1024;
/** What `zstd -19` uses, and the largest window readers accept. */
const WINDOW_LOG = 23;
/** Up to here every byte saved is worth the time: level 19 takes 8 s for it; beyond, level 9 is twelve times as fast. */
const THOROUGH_BYTES = 32 * 1024 * 1024;

/** Takes the next bytes and may keep them; the next ones come when its promise resolves. */
export type ByteSink = (chunk: Uint8Array) => void | Promise<void>;

/**
 * Compress `contentBytes` bytes into exactly one frame with content size and checksum; the same bytes give the same
 * frame, in whatever pieces they arrive.
 */
export async function compress(
  content: AsyncIterable<Uint8Array>,
  contentBytes: number,
  sink: ByteSink,
): Promise<void> {
  const stream = createZstdCompress({
    chunkSize: OUTPUT_BYTES,
    pledgedSrcSize: contentBytes,
    params: {
      [constants.ZSTD_c_compressionLevel]: contentBytes > THOROUGH_BYTES ? 9 : 19,
      [constants.ZSTD_c_windowLog]: WINDOW_LOG,
      [constants.ZSTD_c_contentSizeFlag]: 1,
      [constants.ZSTD_c_checksumFlag]: 1,
    },
  });
  const feed = async (): Promise<void> => {
    for await (const block of rechunk(content)) {
      await new Promise<void>((resolve, reject) => {
        stream.write(block, (error) => (error ? reject(error) : resolve()));
      });
    }
    stream.end();
  };
  const drain = async (): Promise<void> => {
    for await (const chunk of stream as AsyncIterable<Uint8Array>) await sink(chunk);
  };
  try {
    await Promise.all([feed(), drain()]);
  } finally {
    stream.destroy();
  }
}

/** The same bytes in pieces of one size; a piece is valid until the next one is asked for. */
async function* rechunk(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const block = new Uint8Array(INPUT_BYTES);
  let filled = 0;
  for await (const chunk of content) {
    for (let at = 0; at < chunk.length;) {
      const part = chunk.subarray(at, at + INPUT_BYTES - filled);
      block.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < INPUT_BYTES) continue;
      yield block;
      filled = 0;
    }
  }
  if (filled > 0) yield block.subarray(0, filled);
}

/**
 * Hand the content of a frame that was found acceptable to `sink`, chunk by chunk; a throw of `sink` stops at once.
 *
 * @param segments the frame in pieces, `archiveBytes` together; each is let go of once it was decompressed
 * @throws {BundleError} `bad_compression`, `expansion_limit`, and whatever `sink` throws
 */
export async function decompress(
  segments: Uint8Array[],
  frame: ZstdFrame,
  allowance: Allowance,
  sink: (chunk: Uint8Array) => void,
): Promise<void> {
  if (frame.contentSize !== null && frame.contentSize > allowance.bytes) throw tooLarge(allowance);
  const stream = createZstdDecompress({
    chunkSize: OUTPUT_BYTES,
    params: {
      [constants.ZSTD_d_windowLogMax]: Math.max(10, Math.ceil(Math.log2(allowance.limits.maxWindowBytes))),
    },
  });
  let total = 0;
  try {
    await pipeline(takeEach(segments), stream, async (chunks: AsyncIterable<Uint8Array>) => {
      for await (const chunk of chunks) {
        total += chunk.length;
        if (total > allowance.bytes) throw tooLarge(allowance);
        sink(chunk);
      }
    });
  } catch (error) {
    if (error instanceof BundleError) throw error;
    throw new BundleError("bad_compression", "The zstd frame does not decode.", { cause: error });
  }
}

function* takeEach(segments: Uint8Array[]): Generator<Uint8Array, void> {
  for (let segment = segments.shift(); segment !== undefined; segment = segments.shift()) yield segment;
}

/** How far an archive of one size may expand. */
export interface Allowance {
  readonly bytes: number;
  readonly limits: ArchiveLimits;
}

/** Expanded bytes that an archive of this size may have. */
export function allowanceFor(archiveBytes: number, limits: ArchiveLimits): Allowance {
  const byRatio = Math.max(limits.ratioFloorBytes, archiveBytes * limits.maxRatio);
  return { bytes: Math.min(limits.maxExpandedBytes, byRatio), limits };
}

/** The refusal of an archive that expands beyond its allowance. */
export function tooLarge({ bytes, limits }: Allowance): BundleError {
  const limit = bytes < limits.maxExpandedBytes ? "maxRatio" : "maxExpandedBytes";
  return new BundleError("expansion_limit", `The archive expands to more than ${bytes} bytes (${limit}).`, {
    details: { limit, value: limits[limit], bytes },
  });
}
