import { assertSafePath, comparePaths, PathSet } from "./archive-path.ts";
import { BLOCK_BYTES, encodeTarHeader } from "./tar-header.ts";

/**
 * Write the canonical tar of some files: sorted by path, fixed metadata, two zero blocks at the end.
 *
 * The same files give the same bytes on every machine.
 *
 * @throws {BundleError} `unsafe_path` or `duplicate_path`
 */
export function encodeTar(files: Iterable<readonly [string, Uint8Array]>): Uint8Array {
  const sorted = [...files].sort(([a], [b]) => comparePaths(a, b));
  const paths = new PathSet();
  let total = 2 * BLOCK_BYTES;
  for (const [path, bytes] of sorted) {
    assertSafePath(path);
    paths.addFile(path);
    total += BLOCK_BYTES + Math.ceil(bytes.length / BLOCK_BYTES) * BLOCK_BYTES;
  }
  const tar = new Uint8Array(total);
  let at = 0;
  for (const [path, bytes] of sorted) {
    tar.set(encodeTarHeader(path, bytes.length), at);
    tar.set(bytes, at + BLOCK_BYTES);
    at += BLOCK_BYTES + Math.ceil(bytes.length / BLOCK_BYTES) * BLOCK_BYTES;
  }
  return tar;
}
