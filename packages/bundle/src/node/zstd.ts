import { constants, createZstdDecompress, zstdCompress } from "node:zlib";
import { BundleError } from "../errors.ts";
import type { ArchiveLimits } from "../options.ts";
import type { ZstdFrame } from "../archive/zstd-frame.ts";

const CHUNK_BYTES = 256 * 1024;
/** What `zstd -19` uses, and the largest window readers accept. */
const WINDOW_LOG = 23;

/** Compress into exactly one frame with content size and checksum; the same bytes give the same frame. */
export function compress(bytes: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const options = {
      pledgedSrcSize: bytes.length,
      params: {
        [constants.ZSTD_c_compressionLevel]: 19,
        [constants.ZSTD_c_windowLog]: WINDOW_LOG,
        [constants.ZSTD_c_contentSizeFlag]: 1,
        [constants.ZSTD_c_checksumFlag]: 1,
      },
    };
    zstdCompress(bytes, options, (error, frame) => {
      if (error === null) resolve(new Uint8Array(frame));
      else reject(error);
    });
  });
}

/**
 * Hand the content of a frame that was found acceptable to `sink`, chunk by chunk; a throw of `sink` stops at once.
 *
 * @throws {BundleError} `bad_compression`, `expansion_limit`, and whatever `sink` throws
 */
export async function decompress(
  archive: Uint8Array,
  frame: ZstdFrame,
  limits: ArchiveLimits,
  sink: (chunk: Uint8Array) => void,
): Promise<void> {
  const allowed = allowedBytes(archive.length, limits);
  if (frame.contentSize !== null && frame.contentSize > allowed) throw tooLarge(allowed, limits);
  const stream = createZstdDecompress({
    chunkSize: CHUNK_BYTES,
    params: { [constants.ZSTD_d_windowLogMax]: Math.max(10, Math.ceil(Math.log2(limits.maxWindowBytes))) },
  });
  let total = 0;
  try {
    stream.end(archive);
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      total += chunk.length;
      if (total > allowed) throw tooLarge(allowed, limits);
      sink(chunk);
    }
  } catch (error) {
    if (error instanceof BundleError) throw error;
    throw new BundleError("bad_compression", "The zstd frame does not decode.", { cause: error });
  }
}

/** Expanded bytes that an archive of this size may have. */
export function allowedBytes(archiveBytes: number, limits: ArchiveLimits): number {
  return Math.min(limits.maxExpandedBytes, Math.max(limits.ratioFloorBytes, archiveBytes * limits.maxRatio));
}

function tooLarge(allowed: number, limits: ArchiveLimits): BundleError {
  const limit = allowed < limits.maxExpandedBytes ? "maxRatio" : "maxExpandedBytes";
  return new BundleError("expansion_limit", `The archive expands to more than ${allowed} bytes (${limit}).`, {
    details: { limit, value: limits[limit], bytes: allowed },
  });
}
