import { describe, expect, test } from "vitest";
import { createTokenBucket } from "./token-bucket.ts";

const key = { tenantId: "acme", registryId: "r" };

describe("createTokenBucket", () => {
  test("lets 60 through at once, then one per second", async () => {
    let now = 1000;
    const limiter = createTokenBucket({ clock: () => now });
    for (let index = 0; index < 60; index++) expect(await limiter.take(key)).toEqual({ allowed: true });
    expect(await limiter.take(key)).toEqual({ allowed: false, retryAfterMs: 1000 });
    now += 400;
    expect(await limiter.take(key)).toEqual({ allowed: false, retryAfterMs: 600 });
    now += 600;
    expect(await limiter.take(key)).toEqual({ allowed: true });
    expect(await limiter.take(key)).toMatchObject({ allowed: false });
  });

  test("never holds more than its capacity", async () => {
    let now = 0;
    const limiter = createTokenBucket({ capacity: 2, clock: () => now });
    await limiter.take(key);
    now += 3_600_000;
    expect(await limiter.take(key)).toEqual({ allowed: true });
    expect(await limiter.take(key)).toEqual({ allowed: true });
    expect(await limiter.take(key)).toMatchObject({ allowed: false });
  });

  test("tenants and extensions have their own, whatever their names are made of", async () => {
    const limiter = createTokenBucket({ capacity: 1, clock: () => 0 });
    const keys = [
      { tenantId: "a", registryId: "b:c" },
      { tenantId: "a:b", registryId: "c" },
      { tenantId: 'a","b', registryId: "c" },
    ];
    for (const one of keys) expect(await limiter.take(one)).toEqual({ allowed: true });
  });

  test("a clock that goes back gives nothing", async () => {
    let now = 10_000;
    const limiter = createTokenBucket({ capacity: 1, clock: () => now });
    await limiter.take(key);
    now = 0;
    expect(await limiter.take(key)).toEqual({ allowed: false, retryAfterMs: 1000 });
  });
});
