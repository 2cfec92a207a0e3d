import type { BundleSource, ContentHash, StoredBundle } from "@alga-ext/protocol";

/** A bundle source that holds archives in memory. */
export function createMemoryBundles(stored: ReadonlyMap<ContentHash, StoredBundle>): BundleSource {
  return { open: (hash) => Promise.resolve(stored.get(hash) ?? null) };
}
