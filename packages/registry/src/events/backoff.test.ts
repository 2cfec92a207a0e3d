import * as fc from "fast-check";
import { expect, test } from "vitest";
import { backoff, DEFAULT_RETRY } from "./backoff.ts";

test("doubles up to the most, and keeps between half and all of that", () => {
  const policy = { ...DEFAULT_RETRY, baseMs: 1_000, maxMs: 60_000 };
  expect([1, 2, 3, 6, 7, 8, 5_000].map((attempt) => backoff(attempt, policy, 1))).toEqual([
    1_000, 2_000, 4_000, 32_000, 60_000, 60_000, 60_000,
  ]);
  expect(backoff(3, policy, 0)).toBe(2_000);
  fc.assert(
    fc.property(fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, random) => {
      const wait = backoff(attempt + 1, policy, random);
      const most = backoff(attempt + 1, policy, 1);
      expect(wait).toBeGreaterThanOrEqual(most / 2 - 1);
      expect(wait).toBeLessThanOrEqual(most);
    }),
  );
});
