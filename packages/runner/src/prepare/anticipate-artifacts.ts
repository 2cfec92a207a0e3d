import { LRUCache } from "lru-cache";
import type { ContentHash } from "@alga-ext/protocol";
import type { BundleStore, LoadedBundle } from "../bundles/bundle-store.ts";
import type { ArtifactStore } from "./artifact-store.ts";
import type { DiskCache } from "./disk-cache.ts";

const MAX_KNOWN = 10_000;
const DIGEST = /^[0-9a-f]{64}$/;

/**
 * Load bundles, and read what was prepared from them at the same time: `hints` says which component a bundle had when it
 * was loaded last. A hint that is wrong costs a look: what is run goes by the bundle that was verified.
 */
export function anticipateArtifacts(
  bundles: BundleStore,
  artifacts: Pick<ArtifactStore, "anticipate">,
  hints: DiskCache,
): BundleStore {
  const known = new LRUCache<ContentHash, true>({ max: MAX_KNOWN });
  const anticipate = async (key: string) => {
    const hint = Buffer.from((await hints.read(key)) ?? []).toString("latin1");
    return { hint, drop: DIGEST.test(hint) ? artifacts.anticipate(hint) : () => undefined };
  };
  const loadFirst = async (hash: ContentHash): Promise<LoadedBundle> => {
    const key = hash.slice("sha256:".length);
    const anticipating = anticipate(key);
    let digest = "";
    try {
      const bundle = await bundles.load(hash);
      digest = bundle.componentDigest;
      return bundle;
    } catch (error) {
      known.delete(hash);
      throw error;
    } finally {
      const { hint, drop } = await anticipating;
      if (hint !== digest) {
        drop();
        if (digest !== "") await hints.write(key, Buffer.from(digest));
      }
    }
  };
  return {
    recheck: () => bundles.recheck(),
    load(hash) {
      if (known.has(hash)) return bundles.load(hash);
      known.set(hash, true);
      return loadFirst(hash);
    },
  };
}
