import type { DeliveryQueue, RegistryLogger } from "../ports.ts";

/**
 * A bell that never fails the one who rings: what is owed is committed already, and is found within a minute.
 *
 * Who rings while the bell is being rung shares the next ring with all others who do.
 */
export function createWake(options: {
  readonly queue: DeliveryQueue | null;
  readonly logger: RegistryLogger | null;
}): (at?: number) => Promise<void> {
  const { queue, logger } = options;
  let ringing: Promise<void> | null = null;
  let next: Promise<void> | null = null;

  async function ring(at?: number): Promise<void> {
    try {
      await queue?.wake(at);
    } catch (error) {
      logger?.warn("the delivery queue did not take a wake-up; workers look again within a minute", {
        error: String(error),
      });
    }
  }

  function ringNow(): Promise<void> {
    next = null;
    ringing = ring().finally(() => {
      ringing = null;
    });
    return ringing;
  }

  return (at) => {
    if (at !== undefined) return ring(at);
    // The ring under way may have been answered before the caller's commit, so it does not count for the caller.
    if (ringing !== null) return (next ??= ringing.then(ringNow));
    return ringNow();
  };
}
