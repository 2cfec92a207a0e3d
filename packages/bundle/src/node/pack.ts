import type { ContentHash, StatementFile } from "@alga-ext/protocol";
import { encodeTar } from "../archive/encode-tar.ts";
import { toDigest } from "../digest.ts";
import { BundleError } from "../errors.ts";
import { listFiles } from "./list-files.ts";
import { compress } from "./zstd.ts";

/** A canonical archive and everything a statement says about it. */
export interface PackedBundle {
  /** The bytes to store and to upload. */
  readonly archive: Uint8Array;
  /** Digest of {@link PackedBundle.archive}. */
  readonly contentHash: ContentHash;
  /** Digest of the uncompressed tar. */
  readonly tarDigest: ContentHash;
  /** Sorted by path. */
  readonly files: readonly StatementFile[];
}

/**
 * Pack files into one canonical archive: the same files give the same bytes, whatever their order or the machine.
 *
 * @throws {BundleError} `manifest_missing`, `unsafe_path` or `duplicate_path`
 * @example
 * const { archive, contentHash } = await pack({ "manifest.json": manifest, "dist/main.wasm": component });
 */
export async function pack(
  files: Iterable<readonly [string, Uint8Array]> | Readonly<Record<string, Uint8Array>>,
): Promise<PackedBundle> {
  const entries = Symbol.iterator in files ? [...files] : Object.entries(files);
  if (!entries.some(([path]) => path === "manifest.json")) {
    throw new BundleError("manifest_missing", "A bundle needs a manifest.json at its root.");
  }
  const tar = encodeTar(entries);
  const [archive, tarDigest] = await Promise.all([compress(tar), toDigest(tar)]);
  return { archive, contentHash: await toDigest(archive), tarDigest, files: listFiles(entries) };
}
