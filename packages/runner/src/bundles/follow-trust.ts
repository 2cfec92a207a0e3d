import type { TrustSource } from "@alga-ext/bundle";
import { componentHash } from "../calls/cell-key.ts";
import type { CellPool } from "../cells/cell-pool.ts";
import type { RunnerLogger } from "../ports.ts";
import type { BundleStore } from "./bundle-store.ts";

/**
 * Judge everything again whenever trust changes, and end the cells of what no longer verifies, calls included.
 *
 * Cells whose bundle is no longer in memory end too: their next call loads it, and judges it, anew.
 *
 * @returns How to stop following.
 */
export function followTrust(parts: {
  readonly trust: TrustSource | null;
  readonly bundles: BundleStore;
  readonly pool: CellPool;
  readonly logger: RunnerLogger;
}): () => void {
  const { trust, bundles, pool, logger } = parts;
  if (trust === null) return () => undefined;
  const judgeAgain = async (): Promise<void> => {
    const sound = await bundles.recheck();
    pool.end((component) => !sound.has(componentHash(component)));
    logger.info("trust changed", { version: trust.current.document?.version ?? null, sound: sound.size });
  };
  return trust.onChange(() => {
    judgeAgain().catch((error: unknown) => {
      logger.error("bundles could not be judged again; every cell ends", { error: String(error) });
      pool.end(() => true);
    });
  });
}
