import { expect, test } from "vitest";
import { sumByDay } from "./sum-usage.ts";

test("hours of one day become one row, days stay in order", () => {
  const hour = (day: number, at: number, invocations: number) => ({
    registryId: "r",
    windowStart: new Date(2026, 10, day, at).toISOString(),
    invocations,
    cpuMs: 1,
    memoryMbMs: 2,
    egressBytes: 3,
  });
  const days = sumByDay([hour(4, 9, 5), hour(3, 23, 1), hour(3, 0, 2)]);
  expect(days.map(({ invocations, cpuMs, egressBytes }) => [invocations, cpuMs, egressBytes])).toEqual([
    [5, 1, 3],
    [3, 2, 6],
  ]);
  expect(days[1]!.windowStart).toBe(new Date(2026, 10, 3, 0).toISOString());
});
