import { planTar } from "./plan-tar.ts";
import { BLOCK_BYTES, paddingBytes } from "./tar-header.ts";

/**
 * Write the canonical tar of some files: sorted by path, fixed metadata, two zero blocks at the end.
 *
 * The same files give the same bytes on every machine.
 *
 * @throws {BundleError} `unsafe_path` or `duplicate_path`
 */
export function encodeTar(files: Iterable<readonly [string, Uint8Array]>): Uint8Array {
  const plan = planTar(Array.from(files, ([path, bytes]) => ({ path, size: bytes.length, bytes })));
  const tar = new Uint8Array(plan.tarBytes);
  let at = 0;
  for (const { file, header } of plan.entries) {
    tar.set(header, at);
    tar.set(file.bytes, at + BLOCK_BYTES);
    at += BLOCK_BYTES + file.size + paddingBytes(file.size);
  }
  return tar;
}
