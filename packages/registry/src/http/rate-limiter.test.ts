import { expect, test } from "vitest";
import { createWindowLimiter } from "./rate-limiter.ts";

test("a principal has its calls per window, and the next window is new", async () => {
  let now = 1000;
  const limiter = createWindowLimiter({ windowMs: 100, max: 2, clock: () => now });
  expect([await limiter.take("a"), await limiter.take("a")]).toEqual([0, 0]);
  now += 30;
  expect([await limiter.take("a"), await limiter.take("b")]).toEqual([70, 0]);
  now += 70;
  expect(await limiter.take("a")).toBe(0);
});

test("what many principals leave behind is bounded", async () => {
  const limiter = createWindowLimiter({ windowMs: 1e9, max: 1 });
  for (let index = 0; index < 20_001; index++) await limiter.take(`p${index}`);
  expect(await limiter.take("p20000")).toBeGreaterThan(0);
});

test("a limit of nothing is a mistake", () => {
  for (const options of [{ max: 0 }, { windowMs: 0 }, { max: Number.NaN }, { windowMs: -1 }]) {
    expect(() => createWindowLimiter(options)).toThrow(TypeError);
  }
});
