import type { DeliveryQueue } from "@alga-ext/registry";

const MINUTE_MS = 60_000;

/**
 * A delivery queue for a host of one process: a bell and a minute hand, in memory. What is owed is in the registry's
 * tables, so nothing is lost with it. Several processes take `@alga-ext/registry/adapters/pg-boss` instead.
 */
export function createLocalQueue(): DeliveryQueue {
  const looks = new Set<() => void>();
  const ring = (): void => {
    for (const look of looks) look();
  };
  return {
    async wake(at = Date.now()) {
      const inMs = at - Date.now();
      // What is later than the next minute is found by the minute hand.
      if (inMs < MINUTE_MS) setTimeout(ring, Math.max(0, inMs)).unref();
    },
    async listen(look) {
      looks.add(look);
      const minute = setInterval(look, MINUTE_MS);
      return {
        async stop() {
          clearInterval(minute);
          looks.delete(look);
        },
      };
    },
  };
}
