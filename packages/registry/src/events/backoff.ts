/** How long to wait between attempts. */
export interface RetryPolicy {
  /** Attempts at a delivery before it goes to the dead letter. @default 8 */
  readonly maxAttempts: number;
  /** Wait after the first failed attempt; doubles with each. @default 5,000 */
  readonly baseMs: number;
  /** @default 3,600,000 */
  readonly maxMs: number;
}

/** What holds unless a worker says otherwise: given up after about ten minutes. */
export const DEFAULT_RETRY: RetryPolicy = Object.freeze({ maxAttempts: 8, baseMs: 5_000, maxMs: 3_600_000 });

/**
 * Milliseconds to wait after an attempt failed: exponential, and between half and all of that, so that what failed
 * together does not come back together.
 *
 * @param random from 0 to 1
 */
export function backoff(attempt: number, policy: RetryPolicy, random: number): number {
  const whole = Math.min(policy.maxMs, policy.baseMs * 2 ** Math.min(attempt - 1, 30));
  return Math.round(whole / 2 + (whole / 2) * random);
}
