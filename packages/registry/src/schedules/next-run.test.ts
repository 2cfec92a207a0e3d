import { checkCron } from "@alga-ext/manifest";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nextRun, type CronRule } from "./next-run.ts";

const runs = (rule: CronRule, after: string, count: number): string[] => {
  const found: string[] = [];
  let at = new Date(after);
  for (let n = 0; n < count; n += 1) {
    const next = nextRun(rule, at);
    if (next === null) break;
    found.push(next.toISOString().slice(0, 16));
    at = next;
  }
  return found;
};

describe("when clocks change", () => {
  const berlin = "Europe/Berlin";
  const newYork = "America/New_York";

  test.each([
    // Forward: 29 March 2026, 02:00 → 03:00 (01:00 UTC).
    ["30 2 * * *", berlin, "2026-03-28T12:00Z", ["2026-03-29T01:30", "2026-03-30T00:30"]],
    ["0 2,3 * * *", berlin, "2026-03-28T12:00Z", ["2026-03-29T01:00", "2026-03-30T00:00"]],
    [
      "*/30 * * * *",
      berlin,
      "2026-03-29T00:15Z",
      ["2026-03-29T00:30", "2026-03-29T01:00", "2026-03-29T01:30"],
    ],
    ["0 9 * * *", berlin, "2026-03-28T00:00Z", ["2026-03-28T08:00", "2026-03-29T07:00", "2026-03-30T07:00"]],
    ["30 2 * * *", newYork, "2026-03-07T12:00Z", ["2026-03-08T07:30", "2026-03-09T06:30"]],
    // Midnight itself does not exist: 4 November 2018.
    ["0 0 * * *", "America/Sao_Paulo", "2018-11-03T12:00Z", ["2018-11-04T03:00", "2018-11-05T02:00"]],
    // Back: 25 October 2026, 03:00 → 02:00 (01:00 UTC).
    ["30 2 * * *", berlin, "2026-10-24T12:00Z", ["2026-10-25T00:30", "2026-10-26T01:30"]],
    [
      "*/30 2 * * *",
      berlin,
      "2026-10-24T12:00Z",
      ["2026-10-25T00:00", "2026-10-25T00:30", "2026-10-26T01:00"],
    ],
    [
      "*/30 * * * *",
      berlin,
      "2026-10-25T00:15Z",
      ["2026-10-25T00:30", "2026-10-25T01:00", "2026-10-25T01:30", "2026-10-25T02:00"],
    ],
    ["0 9 * * *", berlin, "2026-10-24T00:00Z", ["2026-10-24T07:00", "2026-10-25T08:00"]],
    ["30 1 * * *", newYork, "2026-10-31T12:00Z", ["2026-11-01T05:30", "2026-11-02T06:30"]],
  ] as const)("%s in %s after %s", (cron, timezone, after, expected) => {
    expect(runs({ cron, timezone }, after, expected.length)).toEqual(expected);
  });

  test("asked in the middle of the repeated hour, what ran in its first pass does not run again", () => {
    for (let minute = 0; minute < 60; minute += 1) {
      const after = new Date(Date.UTC(2026, 9, 25, 1, minute));
      expect(nextRun({ cron: "30 2 * * *", timezone: berlin }, after)?.toISOString()).toBe(
        "2026-10-26T01:30:00.000Z",
      );
    }
  });
});

test.each([["0 0 30 2 *"], ["0 0 31 4,6 *"], ["nonsense"], ["61 * * * *"]])(
  "%s never comes round",
  (cron) => {
    expect(nextRun({ cron, timezone: "UTC" }, new Date("2026-01-01T00:00Z"))).toBeNull();
  },
);

test("29 February waits for a leap year", () => {
  expect(runs({ cron: "0 0 29 2 *", timezone: "UTC" }, "2026-01-01T00:00Z", 1)).toEqual(["2028-02-29T00:00"]);
});

const field = (low: number, high: number): fc.Arbitrary<string> => {
  const value = fc.integer({ min: low, max: high });
  const step = fc.integer({ min: 1, max: high });
  const range = fc.tuple(value, value).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
  const part = fc.oneof(
    value.map(String),
    range,
    step.map((by) => `*/${by}`),
    fc.tuple(range, step).map(([of, by]) => `${of}/${by}`),
  );
  return fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(","));
};

test("a rule is too frequent exactly when two of its runs are less than 5 minutes apart", () => {
  fc.assert(
    fc.property(field(0, 59), fc.oneof(fc.constant("*"), field(0, 23)), (minutes, hours) => {
      const cron = `${minutes} ${hours} * * *`;
      const times = runs({ cron, timezone: "UTC" }, "2025-12-31T23:59Z", 400).map((at) =>
        Date.parse(`${at}Z`),
      );
      const lastDay = Date.parse("2026-01-03T00:00Z");
      const gaps = times.flatMap((at, n) => (n > 0 && at <= lastDay ? [at - (times[n - 1] ?? 0)] : []));
      const isTooOften = Math.min(...gaps) < 5 * 60_000;
      expect(checkCron(cron)).toBe(isTooOften ? "cron_too_often" : null);
    }),
    { numRuns: 30 },
  );
});

test("the next run is later, on a minute, and the same however often one asks on the way", () => {
  const timezone = fc.constantFrom(
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Pacific/Auckland",
  );
  const at = fc.date({ min: new Date("2024-01-01"), max: new Date("2030-01-01"), noInvalidDate: true });
  fc.assert(
    fc.property(
      field(0, 59),
      field(0, 23),
      timezone,
      at,
      fc.double({ min: 0, max: 1, noNaN: true }),
      (minute, hour, zone, after, part) => {
        const rule = { cron: `${minute} ${hour} * * *`, timezone: zone };
        const next = nextRun(rule, after);
        if (next === null) throw new Error("comes every day");
        expect(next.getTime()).toBeGreaterThan(after.getTime());
        expect(next.getTime() % 60_000).toBe(0);
        const between = new Date(after.getTime() + Math.floor((next.getTime() - after.getTime() - 1) * part));
        expect(nextRun(rule, between)).toEqual(next);
      },
    ),
    { numRuns: 300 },
  );
});
