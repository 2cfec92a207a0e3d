import type { RateLimiter } from "../ports.ts";

/** What an adapter's test gives the cases; everything it starts, it ends. */
export interface RateLimiterHarness {
  /**
   * Limiters as so many processes would hold them, over one store that has seen no call. Each lets `capacity` calls
   * through at once and has let all of them through again after at most `windowMs`.
   */
  createLimiters(count: number, limit: { capacity: number; windowMs: number }): Promise<RateLimiter[]>;
  /** Let time go by, as the limiters see it. */
  pass(ms: number): Promise<void>;
}

/** One sentence of the {@link RateLimiter} port, as a test. */
export interface RateLimiterContractCase {
  readonly name: string;
  /** Rejects when the sentence does not hold. */
  run(harness: RateLimiterHarness): Promise<void>;
}

const LONG_MS = 60_000;
const PAIR = { tenantId: "acme", registryId: "r" };

/** Every adapter of {@link RateLimiter} must pass each case; they need no test framework. */
export const RATE_LIMITER_CONTRACT: readonly RateLimiterContractCase[] = [
  {
    name: "lets its capacity through at once, then says how long to wait",
    async run(harness) {
      const limiter = await one(harness, { capacity: 5, windowMs: LONG_MS });
      for (let call = 0; call < 5; call++) expectThat((await limiter.take(PAIR)).allowed, `call ${call}`);
      const refused = await limiter.take(PAIR);
      expectThat(!refused.allowed, "call 5 is refused");
      if (refused.allowed) return;
      expectThat(refused.retryAfterMs > 0 && refused.retryAfterMs <= LONG_MS, `${refused.retryAfterMs} ms`);
    },
  },
  {
    name: "lets a call through after the time it named",
    async run(harness) {
      const limiter = await one(harness, { capacity: 2, windowMs: 1000 });
      // On a slow machine a window may end while it is being used up.
      let refused = await limiter.take(PAIR);
      for (let call = 1; refused.allowed && call < 50; call++) refused = await limiter.take(PAIR);
      expectThat(!refused.allowed, "calls end up refused");
      if (refused.allowed) return;
      await harness.pass(refused.retryAfterMs);
      expectThat((await limiter.take(PAIR)).allowed, "the call after the wait");
    },
  },
  {
    name: "never lets more through than its capacity when calls come at once",
    async run(harness) {
      const limiter = await one(harness, { capacity: 7, windowMs: LONG_MS });
      expectThat((await allowedOf(Array.from({ length: 21 }, () => limiter))) === 7, "7 of 21");
    },
  },
  {
    name: "keeps tenants and extensions apart, whatever their names are made of",
    async run(harness) {
      const limiter = await one(harness, { capacity: 1, windowMs: LONG_MS });
      const pairs = [
        { tenantId: "a", registryId: "b:c" },
        { tenantId: "a:b", registryId: "c" },
        { tenantId: 'a","b', registryId: "c" },
        { tenantId: "a", registryId: 'b","c' },
        { tenantId: "\0", registryId: "%" },
        { tenantId: "ä".repeat(4000), registryId: "c" },
        { tenantId: "ä".repeat(4000), registryId: "d" },
      ];
      for (const pair of pairs) expectThat((await limiter.take(pair)).allowed, JSON.stringify(pair));
      for (const pair of pairs) expectThat(!(await limiter.take(pair)).allowed, JSON.stringify(pair));
    },
  },
];

/** What adapters whose store is shared must keep besides {@link RATE_LIMITER_CONTRACT}. */
export const SHARED_RATE_LIMITER_CONTRACT: readonly RateLimiterContractCase[] = [
  {
    name: "is one limit for several processes",
    async run(harness) {
      const limiters = await harness.createLimiters(2, { capacity: 10, windowMs: LONG_MS });
      const [first, second] = limiters;
      if (first === undefined || second === undefined) throw new TypeError("The harness made too few.");
      const takes = Array.from({ length: 20 }, () => [first, second]).flat();
      expectThat((await allowedOf(takes)) === 10, "10 of 40");
      expectThat(!(await second.take(PAIR)).allowed, "refused by either");
    },
  },
];

async function one(
  harness: RateLimiterHarness,
  limit: { readonly capacity: number; readonly windowMs: number },
): Promise<RateLimiter> {
  const [limiter] = await harness.createLimiters(1, limit);
  if (limiter === undefined) throw new TypeError("The harness made none.");
  return limiter;
}

async function allowedOf(limiters: readonly RateLimiter[]): Promise<number> {
  const answers = await Promise.all(limiters.map((limiter) => limiter.take(PAIR)));
  return answers.filter(({ allowed }) => allowed).length;
}

function expectThat(holds: boolean, what: string): void {
  if (!holds) throw new Error(`Does not hold: ${what}.`);
}
