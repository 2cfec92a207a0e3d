import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkCron } from "./check-cron.ts";

describe("checkCron", () => {
  it.each([
    "0 3 * * *",
    "*/5 * * * *",
    "*/15 8-18 * * 1-5",
    "0,30 * * * *",
    "5,10,58 1,3,5 * * *",
    "0 0 1 1 *",
    "0 0 * * 7",
    "3/20 * * * *",
    "57 * * * *",
  ])("allows %s", (cron) => {
    expect(checkCron(cron)).toBeNull();
  });

  it.each([
    ["", "bad_cron"],
    ["* * * *", "bad_cron"],
    ["* * * * * *", "bad_cron"],
    ["60 * * * *", "bad_cron"],
    ["0 24 * * *", "bad_cron"],
    ["0 0 0 * *", "bad_cron"],
    ["0 0 * 13 *", "bad_cron"],
    ["0 0 * * 8", "bad_cron"],
    ["5-1 * * * *", "bad_cron"],
    ["*/0 * * * *", "bad_cron"],
    ["a * * * *", "bad_cron"],
    ["1, * * * *", "bad_cron"],
    ["0 0 1 * 1", "cron_two_days"],
    ["* 3 * * *", "cron_too_often"],
    ["*/4 * * * *", "cron_too_often"],
    ["*/7 * * * *", "cron_too_often"],
    ["0-1 3 * * *", "cron_too_often"],
    ["0,59 * * * *", "cron_too_often"],
    ["0,58 0,23 * * *", "cron_too_often"],
  ])("gives %j the code %s", (cron, code) => {
    expect(checkCron(cron)).toBe(code);
  });

  it("agrees with counting minutes", () => {
    const part = (highest: number) =>
      fc.oneof(
        fc.constant("*"),
        fc.nat({ max: highest }).map(String),
        fc
          .tuple(fc.nat({ max: highest }), fc.nat({ max: highest }))
          .map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
        fc.integer({ min: 1, max: 40 }).map((step) => `*/${step}`),
      );
    const field = (highest: number) =>
      fc.array(part(highest), { minLength: 1, maxLength: 3 }).map((parts) => parts.join());
    const has = (text: string, value: number): boolean =>
      text.split(",").some((one) => {
        const [range = "", step = "1"] = one.split("/");
        if (range === "*") return value % Number(step) === 0;
        const [from = "", to = from] = range.split("-");
        return value >= Number(from) && value <= Number(to);
      });
    fc.assert(
      fc.property(field(59), field(23), (minutes, hours) => {
        const runs: number[] = [];
        for (let at = 0; at < 2 * 24 * 60; at++) {
          if (has(minutes, at % 60) && has(hours, Math.floor(at / 60) % 24)) runs.push(at);
        }
        const least = Math.min(...runs.slice(1).map((run, index) => run - (runs[index] ?? 0)));
        expect(checkCron(`${minutes} ${hours} * * *`)).toBe(least < 5 ? "cron_too_often" : null);
      }),
      { numRuns: 500 },
    );
  });
});
