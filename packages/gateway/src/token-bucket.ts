import { LRUCache } from "lru-cache";
import type { RateLimiter } from "./ports.ts";

/** Options of {@link createTokenBucket}. */
export interface TokenBucketOptions {
  /** Calls that may come at once. @default 60 */
  readonly capacity?: number;
  /** Calls per second after that. @default 1 */
  readonly refillPerSecond?: number;
  /** Pairs of tenant and extension remembered; the least recently used is forgotten first. @default 50000 */
  readonly maxKeys?: number;
  /** Milliseconds since the epoch. @default Date.now */
  readonly clock?: () => number;
}

interface Bucket {
  tokens: number;
  atMs: number;
}

/** A rate limiter in the memory of one process. */
export function createTokenBucket(options: TokenBucketOptions = {}): RateLimiter {
  const { capacity = 60, refillPerSecond = 1, maxKeys = 50_000, clock = Date.now } = options;
  const buckets = new LRUCache<string, Bucket>({ max: maxKeys });
  return {
    async take({ tenantId, registryId }) {
      const key = JSON.stringify([tenantId, registryId]);
      const now = clock();
      const bucket = buckets.get(key) ?? { tokens: capacity, atMs: now };
      const refilled = (Math.max(0, now - bucket.atMs) / 1000) * refillPerSecond;
      const tokens = Math.min(capacity, bucket.tokens + refilled);
      const allowed = tokens >= 1;
      buckets.set(key, { tokens: allowed ? tokens - 1 : tokens, atMs: now });
      if (allowed) return { allowed };
      return { allowed, retryAfterMs: Math.ceil(((1 - tokens) / refillPerSecond) * 1000) };
    },
  };
}
