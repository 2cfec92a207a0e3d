import { LRUCache } from "lru-cache";
import { resting } from "./cell-errors.ts";

/** Keeps cells that die one after the other from being started over and over. */
export interface CircuitBreaker {
  /**
   * Ask before a call enters: after three crashes with no success between them only one call tries, once the rest is
   * over; another crash makes the next rest twice as long.
   *
   * @throws {RunnerError} `not_admitted`
   */
  assertClosed(key: string): void;
  /** A cell died by itself, or could not take its code. */
  crashed(key: string): void;
  /** A call was answered by a living cell. */
  recovered(key: string): void;
}

interface Trouble {
  crashes: number;
  /** Nobody enters before. */
  restsUntil: number;
  /** One call tries since then; it may be lost, so its turn is not forever. */
  probedAt: number | null;
}

const TOLERATED = 3;
const FIRST_REST_MS = 250;
const LONGEST_REST_MS = 30_000;
const MAX_KEYS = 10_000;

/** Create a breaker; keys are cells. */
export function createCircuitBreaker({ now }: { readonly now: () => number }): CircuitBreaker {
  const troubles = new LRUCache<string, Trouble>({ max: MAX_KEYS });
  return {
    assertClosed(key) {
      if (troubles.size === 0) return;
      const trouble = troubles.get(key);
      if (trouble === undefined || trouble.crashes < TOLERATED) return;
      const time = now();
      if (time < trouble.restsUntil) throw resting(trouble.restsUntil - time);
      if (trouble.probedAt !== null && time - trouble.probedAt < LONGEST_REST_MS) throw resting(0);
      trouble.probedAt = time;
    },
    crashed(key) {
      const crashes = (troubles.get(key)?.crashes ?? 0) + 1;
      const restMs = Math.min(LONGEST_REST_MS, FIRST_REST_MS * 2 ** Math.min(20, crashes - TOLERATED));
      troubles.set(key, { crashes, restsUntil: now() + (crashes < TOLERATED ? 0 : restMs), probedAt: null });
    },
    recovered(key) {
      if (troubles.size > 0) troubles.delete(key);
    },
  };
}
