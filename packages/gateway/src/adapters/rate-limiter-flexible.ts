/**
 * A rate limit that several processes share, through `rate-limiter-flexible`.
 *
 * Import from `@alga-ext/gateway/adapters/rate-limiter-flexible`.
 * @module
 */
import { createHash } from "node:crypto";
import { GatewayError } from "../errors.ts";
import type { RateLimiter } from "../ports.ts";

/** The part of a limiter of `rate-limiter-flexible` that is used, whatever its store. */
export interface FlexibleLimiter {
  /** Takes one point; rejects with a result when there is none left, with an `Error` when the store fails. */
  consume(key: string): Promise<unknown>;
}

/** Stores may cap keys (Postgres at 255 characters, a prefix included). */
const MAX_KEY_CHARACTERS = 160;

/**
 * Use a limiter of `rate-limiter-flexible` as {@link RateLimiter}: one point per call, one key per tenant and extension.
 * Capacity, window and store are those of the limiter; the host owns its client and closes it.
 *
 * A store that fails rejects with the `GatewayError` `access_policy_unavailable`: an unlimited call is not let through.
 *
 * @example
 * const rateLimiter = createFlexibleRateLimiter(
 *   new RateLimiterRedis({ storeClient: redis, keyPrefix: "ext-rate", points: 60, duration: 60 }),
 * );
 */
export function createFlexibleRateLimiter(limiter: FlexibleLimiter): RateLimiter {
  return {
    async take(pair) {
      try {
        await limiter.consume(keyOf(pair));
        return { allowed: true };
      } catch (cause) {
        const retryAfterMs = waitOf(cause);
        if (retryAfterMs !== null) return { allowed: false, retryAfterMs };
        throw new GatewayError("access_policy_unavailable", "The rate limiter cannot be asked; try again.", {
          cause,
        });
      }
    },
  };
}

/** JSON, so that no two pairs share a key, whatever their names are made of. */
function keyOf({ tenantId, registryId }: { readonly tenantId: string; readonly registryId: string }): string {
  const key = JSON.stringify([tenantId, registryId]);
  return key.length <= MAX_KEY_CHARACTERS ? key : createHash("sha256").update(key).digest("base64url");
}

/** How long to wait, when this is a refusal and not a failure. A limit that never refills says −1. */
function waitOf(refusal: unknown): number | null {
  if (refusal instanceof Error || typeof refusal !== "object" || refusal === null) return null;
  const { msBeforeNext } = refusal as { readonly msBeforeNext?: unknown };
  return typeof msBeforeNext === "number" ? Math.max(0, msBeforeNext) : null;
}
