import { LRUCache } from "lru-cache";
import type { ContentHash } from "@alga-ext/protocol";
import type { InstallValidator } from "../ports.ts";

/** Whether a UI may be served, with the validator's answers cached. */
export interface InstallGate {
  /** Rejects when the validator cannot tell and no answer is cached. */
  isInstalled(query: { tenantId?: string; registryId: string; contentHash: ContentHash }): Promise<boolean>;
}

const TTL_MS = 45_000;
const MAX_ENTRIES = 10_000;

/** Cache the validator's answers, negative ones too, for 45 s. Without a validator nothing is installed. */
export function createInstallGate(validator: InstallValidator | null): InstallGate {
  const known = new LRUCache<string, { installed: Promise<boolean> }>({ max: MAX_ENTRIES, ttl: TTL_MS });
  return {
    isInstalled(query) {
      if (validator === null) return Promise.resolve(false);
      const key = JSON.stringify([query.tenantId ?? null, query.registryId, query.contentHash]);
      const cached = known.get(key);
      if (cached !== undefined) return cached.installed;
      const installed = validator.validate(query, { signal: AbortSignal.timeout(5_000) });
      known.set(key, { installed });
      installed.catch(() => known.delete(key));
      return installed;
    },
  };
}
