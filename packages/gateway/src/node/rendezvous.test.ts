import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Replica } from "./runner-replica.ts";
import { hash32 } from "./rendezvous.ts";
import { createRunnerSpread, type RunnerSpread } from "./runner-spread.ts";

const KEYS = Array.from({ length: 3000 }, (_, at) => `tenant-${at % 40}\0install-${at}`);

/** A spread over runners that are never called. */
function spreadOver(urls: readonly string[]): RunnerSpread {
  const spread = createRunnerSpread({
    createReplica: (url): Replica => ({
      url,
      hash: hash32(url),
      inFlight: 0,
      send: () => Promise.reject(new TypeError("not called here")),
      isReady: async () => true,
      close: async () => {},
    }),
    times: { probeEveryMs: 60_000, probeTimeoutMs: 60_000, rampMs: 5000 },
    logger: { warn() {}, error() {} },
  });
  spread.assign(urls);
  return spread;
}

const placesOf = (spread: RunnerSpread): string[] =>
  KEYS.map((key) => spread.pick(key, new Set())?.url ?? "nobody");

/** Addresses as they are: alike but for a digit or two. */
const fleets = fc
  .record({
    size: fc.integer({ min: 2, max: 12 }),
    from: fc.integer({ min: 1, max: 200 }),
    port: fc.constantFrom("8080", "3000"),
  })
  .map(({ size, from, port }) =>
    Array.from({ length: size }, (_, at) => `http://10.0.0.${from + at}:${port}`),
  );

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
});

afterEach(() => {
  vi.useRealTimers();
});

describe("rendezvous", () => {
  test("gives every runner its share of the keys", async () => {
    await fc.assert(
      fc.asyncProperty(fleets, async (urls) => {
        const spread = spreadOver(urls);
        const counts = new Map<string, number>();
        for (const url of placesOf(spread)) counts.set(url, (counts.get(url) ?? 0) + 1);
        const share = KEYS.length / urls.length;
        // Seven standard deviations: what chance alone does not reach.
        const slack = 7 * Math.sqrt(share);
        for (const url of urls) expect(Math.abs((counts.get(url) ?? 0) - share)).toBeLessThan(slack);
        await spread.close();
      }),
      { numRuns: 30 },
    );
  });

  test("one that leaves moves only its own keys, and gets exactly them back", async () => {
    await fc.assert(
      fc.asyncProperty(fleets, fc.nat(), async (urls, which) => {
        const spread = spreadOver(urls);
        const before = placesOf(spread);
        const gone = urls[which % urls.length];
        spread.assign(urls.filter((url) => url !== gone));
        for (const [at, place] of placesOf(spread).entries()) {
          if (before[at] === gone) expect(place).not.toBe(gone);
          else expect(place).toBe(before[at]);
        }
        spread.assign(urls);
        vi.advanceTimersByTime(5000);
        expect(placesOf(spread)).toEqual(before);
        await spread.close();
      }),
      { numRuns: 20 },
    );
  });

  test("gateways that list the runners in another order agree", async () => {
    await fc.assert(
      fc.asyncProperty(
        fleets.chain((urls) =>
          fc.tuple(fc.constant(urls), fc.shuffledSubarray(urls, { minLength: urls.length })),
        ),
        async ([urls, shuffled]) => {
          const [one, other] = [spreadOver(urls), spreadOver(shuffled)];
          expect(placesOf(one)).toEqual(placesOf(other));
          await Promise.all([one.close(), other.close()]);
        },
      ),
      { numRuns: 10 },
    );
  });

  test("one that comes back gets its keys bit by bit, each of them once", async () => {
    const urls = ["http://a.test", "http://b.test", "http://c.test"];
    const spread = spreadOver(urls);
    const home = placesOf(spread);
    spread.assign(urls.slice(1));
    spread.assign(urls);
    const own = home.filter((place) => place === urls[0]).length;
    let before = new Set<number>();
    for (const share of [0.25, 0.5, 0.75]) {
      vi.advanceTimersByTime(1250);
      const moved = new Set(placesOf(spread).flatMap((place, at) => (place === urls[0] ? [at] : [])));
      expect(moved.size / own).toBeGreaterThan(share - 0.1);
      expect(moved.size / own).toBeLessThan(share + 0.1);
      for (const at of before) expect(moved.has(at)).toBe(true);
      before = moved;
    }
    // It is better than nobody for any key.
    const others = new Set([spread.pick(KEYS[0] ?? "", new Set()) as Replica]);
    others.add(spread.pick(KEYS[0] ?? "", others) as Replica);
    expect(spread.pick(KEYS[0] ?? "", others)).not.toBeNull();
    await spread.close();
  });

  test("asks every runner once, the best first, then nobody", () => {
    const urls = ["http://a.test", "http://b.test", "http://c.test"];
    const spread = spreadOver(urls);
    for (const key of KEYS.slice(0, 50)) {
      const tried = new Set<Replica>();
      for (let next = spread.pick(key, tried); next !== null; next = spread.pick(key, tried)) {
        expect(tried.has(next)).toBe(false);
        tried.add(next);
      }
      expect(Array.from(tried, ({ url }) => url).toSorted()).toEqual(urls);
    }
  });

  test("a runner that is out is asked after those that are not, and alone it is still asked", () => {
    const spread = spreadOver(["http://a.test", "http://b.test"]);
    const [key = ""] = KEYS;
    const first = spread.pick(key, new Set()) as Replica;
    spread.eject(first);
    const second = spread.pick(key, new Set()) as Replica;
    expect(second).not.toBe(first);
    expect(spread.pick(key, new Set([second]))).toBe(first);
    spread.eject(second);
    expect(spread.pick(key, new Set())).toBe(first);
  });
});
