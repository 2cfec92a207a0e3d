import { ManifestError, parseManifest, type Manifest } from "@alga-ext/manifest";
import type { JsonValue } from "@alga-ext/protocol";
import { RegistryError } from "../errors.ts";

/** A version whose manifest is to be read. */
export interface ManifestRow {
  readonly versionId: string;
  readonly manifest: JsonValue;
}

/**
 * Read the manifest of a stored version.
 *
 * @throws {RegistryError} `manifest_unreadable` when today's parser, which may be stricter than the one at publish,
 * refuses it. Lists use {@link tryManifest} instead, so that one such version does not break them for everybody.
 */
export type ReadManifest = (row: ManifestRow) => Manifest;

/** Parse a stored manifest; as {@link ReadManifest} describes. */
export const readManifest: ReadManifest = (row) => {
  const read = parse(row);
  if (read instanceof RegistryError) throw read;
  return read;
};

/** A stored manifest, or why it cannot be read. */
export function tryManifest(read: ReadManifest, row: ManifestRow): Manifest | RegistryError {
  try {
    return read(row);
  } catch (error) {
    if (error instanceof RegistryError && error.code === "manifest_unreadable") return error;
    throw error;
  }
}

/** Most manifests have two thousand characters, none more than 256 KiB; the few that are larger are parsed again. */
const MAX_REMEMBERED_LENGTH = 16 * 1024;

/**
 * A reader that remembers the manifests used last. Versions never change, so what it remembers never goes stale.
 *
 * @param capacity how many manifests to remember.
 */
export function createManifestReader(capacity = 2_000): ReadManifest {
  const known = new Map<string, Manifest | RegistryError>();
  return (row) => {
    const manifest = known.get(row.versionId) ?? parse(row);
    // A map keeps the order of insertion: the first key is the one used longest ago.
    known.delete(row.versionId);
    const isLarge = typeof row.manifest === "string" && row.manifest.length > MAX_REMEMBERED_LENGTH;
    if (!isLarge) known.set(row.versionId, manifest);
    const [oldest] = known.keys();
    if (known.size > capacity && oldest !== undefined) known.delete(oldest);
    if (manifest instanceof RegistryError) throw manifest;
    return manifest;
  };
}

function parse({ versionId, manifest }: ManifestRow): Manifest | RegistryError {
  try {
    return parseManifest(manifest).manifest;
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    return new RegistryError(
      "manifest_unreadable",
      "This version was published under looser rules: its manifest does not pass today's. Publish a new version.",
      { cause: error, details: { versionId, ...error.details } },
    );
  }
}
