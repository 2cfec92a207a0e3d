import { assert, nat, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRange } from "./byte-range.ts";

describe("parseRange", () => {
  it.each([
    ["bytes=0-4", { start: 0, end: 4 }],
    ["bytes=5-", { start: 5, end: 9 }],
    ["bytes=-3", { start: 7, end: 9 }],
    ["bytes=-99", { start: 0, end: 9 }],
    ["bytes=8-99", { start: 8, end: 9 }],
    [`bytes=0-${"9".repeat(40)}`, { start: 0, end: 9 }],
    ["BYTES= 9-9 ", { start: 9, end: 9 }],
    ["bytes=10-", "unsatisfiable"],
    [`bytes=${"9".repeat(400)}-`, "unsatisfiable"],
    ["bytes=-0", "unsatisfiable"],
    [null, null],
    ["", null],
    ["bytes=", null],
    ["bytes=-", null],
    ["bytes=4-2", null],
    ["bytes=0-1,3-4", null],
    ["bytes=a-b", null],
    ["lines=0-4", null],
    ["bytes=+1-2", null],
  ])("%j of ten bytes", (header, range) => {
    expect(parseRange(header, 10)).toEqual(range);
  });

  it("has nothing of an empty file", () => {
    for (const header of ["bytes=0-", "bytes=-5", "bytes=0-0"])
      expect(parseRange(header, 0)).toBe("unsatisfiable");
  });

  it("stays within the file whatever is asked", () => {
    assert(
      property(string(), nat(), nat(), nat(1_000), (text, first, last, size) => {
        for (const header of [text, `bytes=${text}`, `bytes=${first}-${last}`, `bytes=-${last}`]) {
          const range = parseRange(header, size);
          if (range === null || range === "unsatisfiable") continue;
          expect(range.start).toBeGreaterThanOrEqual(0);
          expect(range.end).toBeGreaterThanOrEqual(range.start);
          expect(range.end).toBeLessThan(size);
        }
      }),
    );
  });
});
