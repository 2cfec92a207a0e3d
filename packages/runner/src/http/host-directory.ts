import { LRUCache } from "lru-cache";
import type { HostLookup, HostOwner } from "../ports.ts";

/** Whose install a host name is, with the answers of the lookup cached. */
export interface HostDirectory {
  /** Null for a host of nobody's. Rejects when the lookup cannot tell and no answer is cached. */
  ownerOf(hostHeader: string | null): Promise<HostOwner | null>;
}

const TTL_MS = 45_000;
const MAX_ENTRIES = 10_000;
const LOOKUP_TIMEOUT_MS = 5_000;
const HOST = /^[a-z0-9._-]{1,253}$/;

/** Cache the answers of a lookup, negative ones too, for 45 s. Letter case and a port are ignored. */
export function createHostDirectory(lookup: HostLookup): HostDirectory {
  const known = new LRUCache<string, { owner: Promise<HostOwner | null> }>({ max: MAX_ENTRIES, ttl: TTL_MS });
  return {
    ownerOf(hostHeader) {
      const host = (hostHeader ?? "").toLowerCase().replace(/:\d*$/, "");
      if (!HOST.test(host)) return Promise.resolve(null);
      const cached = known.get(host);
      if (cached !== undefined) return cached.owner;
      const owner = lookup.lookup(host, { signal: AbortSignal.timeout(LOOKUP_TIMEOUT_MS) });
      known.set(host, { owner });
      owner.catch(() => known.delete(host));
      return owner;
    },
  };
}
