/** Remembers ids until they expire, so that each is good for one use. */
export interface ReplayCache {
  /** True the first time; false when seen before or when too many are remembered to tell. */
  use(id: string, expiresAtMs: number): boolean;
}

/**
 * Create a bounded replay cache. When it is full of unexpired ids it refuses new ones: forgetting one would let it
 * be replayed.
 */
export function createReplayCache(options: { maxEntries?: number; now: () => number }): ReplayCache {
  const maxEntries = options.maxEntries ?? 200_000;
  const seen = new Map<string, number>();
  let nextSweep = 0;
  const sweep = (now: number) => {
    for (const [id, expiresAt] of seen) if (expiresAt <= now) seen.delete(id);
    nextSweep = now + 1_000;
  };
  return {
    use(id, expiresAtMs) {
      const now = options.now();
      if (now >= nextSweep || seen.size >= maxEntries) sweep(now);
      if (seen.has(id) || seen.size >= maxEntries) return false;
      seen.set(id, expiresAtMs);
      return true;
    },
  };
}
