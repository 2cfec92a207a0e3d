import { expect, it } from "vitest";
import { createTokenBucket } from "./token-bucket.ts";

it("refuses above the burst and refills with time, never beyond the burst", () => {
  let now = 0;
  const bucket = createTokenBucket({ burst: 2, perSecond: 10, now: () => now });
  expect([bucket.take(), bucket.take(), bucket.take()]).toEqual([true, true, false]);
  now = 100;
  expect([bucket.take(), bucket.take()]).toEqual([true, false]);
  now = 60_000;
  expect([bucket.take(), bucket.take(), bucket.take()]).toEqual([true, true, false]);
  now = 0;
  expect(bucket.take()).toBe(false);
});
