/** Remembers ids until they expire, so that each is good for one use. */
export interface ReplayCache {
  /**
   * True the first time; false when seen before or when too many are remembered to tell. An id always comes with the
   * same time: it is part of what was signed.
   */
  use(id: string, expiresAtMs: number): boolean;
}

/**
 * Create a bounded replay cache. When it is full of unexpired ids it refuses new ones: forgetting one would let it
 * be replayed.
 */
export function createReplayCache(options: { maxEntries?: number; now: () => number }): ReplayCache {
  const maxEntries = options.maxEntries ?? 200_000;
  /** By the second after which they are forgotten, all at once: a walk over all ids would cost more than the calls. */
  const bySecond = new Map<number, Set<string>>();
  let size = 0;
  let sweptAt = 0;
  const sweep = (second: number) => {
    sweptAt = second;
    for (const [end, ids] of bySecond) {
      if (end > second) continue;
      bySecond.delete(end);
      size -= ids.size;
    }
  };
  return {
    use(id, expiresAtMs) {
      const second = Math.floor(options.now() / 1_000);
      if (second !== sweptAt) sweep(second);
      const end = Math.max(second, Math.floor(expiresAtMs / 1_000)) + 1;
      let ids = bySecond.get(end);
      if (ids === undefined) {
        ids = new Set();
        bySecond.set(end, ids);
      }
      if (size >= maxEntries) return false;
      // One look instead of two: the sets are larger than the caches.
      const before = ids.size;
      ids.add(id);
      size += ids.size - before;
      return ids.size > before;
    },
  };
}
