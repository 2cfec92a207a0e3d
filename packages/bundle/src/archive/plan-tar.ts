import { assertSafePath, comparePaths, PathSet } from "./archive-path.ts";
import { BLOCK_BYTES, encodeTarHeader, paddingBytes } from "./tar-header.ts";

/** A canonical tar before any content is read. */
export interface TarPlan<File> {
  /** In archive order, each with the header that goes before its body. */
  readonly entries: readonly { readonly file: File; readonly header: Uint8Array }[];
  /** Bytes of the whole tar, the two zero blocks at its end included. */
  readonly tarBytes: number;
}

/**
 * Decide the canonical tar of some files from their paths and sizes alone.
 *
 * @throws {BundleError} `unsafe_path` or `duplicate_path`
 */
export function planTar<File extends { readonly path: string; readonly size: number }>(
  files: Iterable<File>,
): TarPlan<File> {
  const paths = new PathSet();
  let tarBytes = 2 * BLOCK_BYTES;
  const entries = [...files]
    .sort((a, b) => comparePaths(a.path, b.path))
    .map((file) => {
      assertSafePath(file.path);
      paths.addFile(file.path);
      tarBytes += BLOCK_BYTES + file.size + paddingBytes(file.size);
      return { file, header: encodeTarHeader(file.path, file.size) };
    });
  return { entries, tarBytes };
}
