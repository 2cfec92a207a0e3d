import { describe, expect, it } from "vitest";
import { createReplayCache } from "./replay-cache.ts";

describe("createReplayCache", () => {
  it("lets an id pass once until it expires", () => {
    let now = 0;
    const cache = createReplayCache({ now: () => now });
    expect([cache.use("a", 10_000), cache.use("a", 10_000), cache.use("b", 10_000)]).toEqual([
      true,
      false,
      true,
    ]);
    now = 10_000;
    expect(cache.use("a", 20_000)).toBe(true);
  });

  it("refuses new ids when full rather than forget one", () => {
    const cache = createReplayCache({ maxEntries: 2, now: () => 0 });
    expect([cache.use("a", 1), cache.use("b", 1), cache.use("c", 1), cache.use("a", 1)]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
