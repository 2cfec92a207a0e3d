import { LRUCache } from "lru-cache";
import type { IdempotencyScope, IdempotencyStore, KeptAnswer } from "./ports.ts";

/** Options of {@link createMemoryIdempotency}. */
export interface MemoryIdempotencyOptions {
  /** How long an answer is kept, in milliseconds. @default 86400000 */
  readonly ttlMs?: number;
  /** Answers kept; the oldest go first. @default 10000 */
  readonly maxAnswers?: number;
  /** Size of all kept answers together, in bytes. @default 67108864 */
  readonly maxBytes?: number;
  /** Milliseconds since the epoch. @default Date.now */
  readonly clock?: () => number;
}

interface Entry {
  readonly fingerprint: string;
  readonly answer: KeptAnswer;
  readonly untilMs: number;
}

/** A call under way. */
interface Claimed {
  readonly fingerprint: string;
  readonly token: string;
}

/**
 * Keep the answers to calls with a key in the memory of one process.
 *
 * It forgets early when it is full, and all of it when the process ends: hosts with several processes, or whose calls
 * must not be made twice after a crash, share one in a database.
 */
export function createMemoryIdempotency(options: MemoryIdempotencyOptions = {}): IdempotencyStore {
  const { ttlMs = 24 * 60 * 60 * 1000, maxAnswers = 10_000, maxBytes = 64 * 1024 * 1024 } = options;
  const { clock = Date.now } = options;
  const underWay = new Map<string, Claimed>();
  const kept = new LRUCache<string, Entry>({
    max: maxAnswers,
    maxSize: maxBytes,
    sizeCalculation: (entry, key) => key.length + JSON.stringify(entry.answer).length,
  });
  let claims = 0;

  return {
    async claim(scope, fingerprint) {
      const key = keyOf(scope);
      const claimed = underWay.get(key);
      if (claimed !== undefined) return { state: claimed.fingerprint === fingerprint ? "in_use" : "reused" };
      const found = kept.peek(key);
      if (found !== undefined && clock() < found.untilMs) {
        return found.fingerprint === fingerprint
          ? { state: "kept", answer: found.answer }
          : { state: "reused" };
      }
      const token = String(claims++);
      underWay.set(key, { fingerprint, token });
      return { state: "new", token };
    },
    async keep(scope, { token, answer }) {
      const key = keyOf(scope);
      const claimed = underWay.get(key);
      if (claimed?.token !== token) return;
      underWay.delete(key);
      kept.set(key, { fingerprint: claimed.fingerprint, answer, untilMs: clock() + ttlMs });
    },
    async release(scope, { token }) {
      const key = keyOf(scope);
      if (underWay.get(key)?.token === token) underWay.delete(key);
    },
  };
}

function keyOf({ tenantId, userId, installId, method, path, key }: IdempotencyScope): string {
  return JSON.stringify([tenantId, userId, installId, method, path, key]);
}
