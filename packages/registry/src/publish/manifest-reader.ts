import { parseManifest, type Manifest } from "@alga-ext/manifest";
import type { JsonValue } from "@alga-ext/protocol";

/** The manifest of a stored version. */
export type ReadManifest = (row: { readonly versionId: string; readonly manifest: JsonValue }) => Manifest;

/** Parse a stored manifest. */
export const readManifest: ReadManifest = ({ manifest }) => parseManifest(manifest).manifest;

/**
 * A reader that remembers the manifests used last. Versions never change, so what it remembers never goes stale.
 *
 * @param capacity how many manifests to remember. A manifest has at most 256 KiB, most have two.
 */
export function createManifestReader(capacity = 500): ReadManifest {
  const known = new Map<string, Manifest>();
  return (row) => {
    const manifest = known.get(row.versionId) ?? readManifest(row);
    // A map keeps the order of insertion: the first key is the one used longest ago.
    known.delete(row.versionId);
    known.set(row.versionId, manifest);
    const [oldest] = known.keys();
    if (known.size > capacity && oldest !== undefined) known.delete(oldest);
    return manifest;
  };
}
