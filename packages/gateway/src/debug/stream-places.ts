import { GatewayError } from "../errors.ts";

/** The open debug streams. */
export interface StreamPlaces {
  /**
   * Take a place for a stream of this tenant; `end` is called when the gateway closes.
   *
   * Returns what gives the place back, as often as it likes.
   *
   * @throws {GatewayError} `rate_limited` when the tenant has as many as it may.
   */
  take(tenantId: string, end: () => void): () => void;
  /** End all streams. */
  close(): void;
}

const RETRY_AFTER_S = 5;

/** Count open streams, so many for each tenant. */
export function createStreamPlaces(maxPerTenant: number): StreamPlaces {
  const open = new Map<string, Set<() => void>>();
  return {
    take(tenantId, end) {
      const own = open.get(tenantId) ?? new Set();
      if (own.size >= maxPerTenant) {
        throw new GatewayError("rate_limited", `Only ${maxPerTenant} debug streams may be open at once.`, {
          details: { retryAfterS: RETRY_AFTER_S },
        });
      }
      // A function of its own, so that the same `end` counts twice.
      const place = (): void => end();
      open.set(tenantId, own.add(place));
      return () => {
        own.delete(place);
        if (own.size === 0 && open.get(tenantId) === own) open.delete(tenantId);
      };
    },
    close() {
      for (const own of open.values()) for (const end of own) end();
    },
  };
}
