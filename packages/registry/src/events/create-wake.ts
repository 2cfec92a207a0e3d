import type { DeliveryQueue, RegistryLogger } from "../ports.ts";

/** A bell that never fails the one who rings: what is owed is committed already, and is found within a minute. */
export function createWake(options: {
  readonly queue: DeliveryQueue | null;
  readonly logger: RegistryLogger | null;
}): (at?: number) => Promise<void> {
  const { queue, logger } = options;
  return async (at) => {
    try {
      await queue?.wake(at);
    } catch (error) {
      logger?.warn("the delivery queue did not take a wake-up; workers look again within a minute", {
        error: String(error),
      });
    }
  };
}
