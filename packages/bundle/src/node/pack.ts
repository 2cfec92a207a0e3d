import { ARCHIVE_LIMITS } from "../options.ts";
import type { PackFiles } from "./pack-file.ts";
import { packTo, type PackOptions, type PackSummary } from "./pack-to.ts";

/** A canonical archive and everything a statement says about it. */
export interface PackedBundle extends PackSummary {
  /** The bytes to store and to upload. */
  readonly archive: Uint8Array;
}

/**
 * Pack files into one canonical archive in memory: the same files give the same bytes, whatever their order or the
 * machine. Only the archive is held besides what the files hold themselves; see `packTo` to hold not even that.
 *
 * @throws {BundleError} `manifest_missing`, `unsafe_path`, `duplicate_path`, `file_size_mismatch`, `expansion_limit`,
 * `archive_too_large`
 * @throws {ManifestError} `invalid_manifest`, with an SBOM
 * @example
 * const { archive, contentHash } = await pack({ "manifest.json": manifest, "dist/main.wasm": component });
 */
export async function pack(files: PackFiles, options: PackOptions = {}): Promise<PackedBundle> {
  const { maxArchiveBytes } = { ...ARCHIVE_LIMITS, ...options.limits };
  // Grows in place up to an address range that is only reserved: no copy, unlike a list of pieces that is joined.
  const buffer = new ArrayBuffer(0, { maxByteLength: maxArchiveBytes });
  const append = (chunk: Uint8Array): void => {
    const at = buffer.byteLength;
    buffer.resize(at + chunk.length);
    new Uint8Array(buffer, at).set(chunk);
  };
  const summary = await packTo(files, append, options);
  return { archive: new Uint8Array(buffer.transferToFixedLength()), ...summary };
}
