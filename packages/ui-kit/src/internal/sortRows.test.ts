import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fitColumns } from "./fitColumns.ts";
import { sortRows } from "./sortRows.ts";

describe("sortRows", () => {
  it("compares numbers by value and text as people count", () => {
    expect(sortRows([10, 9, 100], (n) => n, "asc")).toEqual([9, 10, 100]);
    expect(sortRows(["Item 10", "item 9"], (s) => s, "asc")).toEqual(["item 9", "Item 10"]);
  });

  it("puts missing values last in both directions and keeps the order of equals", () => {
    const rows = [
      { v: null, n: 1 },
      { v: 2, n: 2 },
      { v: 2, n: 3 },
      { v: 5, n: 4 },
    ];
    const order = (dir: "asc" | "desc"): number[] => sortRows(rows, (r) => r.v, dir).map((r) => r.n);
    expect(order("asc")).toEqual([2, 3, 4, 1]);
    expect(order("desc")).toEqual([4, 2, 3, 1]);
  });

  it("is a permutation in order and leaves its input alone", () => {
    fc.assert(
      fc.property(
        fc.array(fc.option(fc.double({ noNaN: true }))),
        fc.constantFrom("asc", "desc"),
        (rows, dir) => {
          const copy = [...rows];
          const sorted = sortRows(rows, (v) => v, dir);
          expect(rows).toEqual(copy);
          expect(sorted).toHaveLength(rows.length);
          const present = sorted.filter((v) => v !== null);
          const sign = dir === "asc" ? 1 : -1;
          expect(present.every((v, i) => i === 0 || sign * ((present[i - 1] ?? 0) - v) <= 0)).toBe(true);
        },
      ),
    );
  });
});

describe("fitColumns", () => {
  const columns = [
    { key: "title", alwaysShow: true },
    { key: "customer", priority: 2 },
    { key: "value", width: 80 },
    { key: "note", width: "200px", priority: 20 },
  ];
  it.each([
    [Number.POSITIVE_INFINITY, []],
    [520, []],
    [519, ["note"]],
    [300, ["note", "value"]],
    [0, ["note", "value", "customer"]],
  ])("at %s px hides %j", (width, hidden) => {
    expect([...fitColumns(columns, width, 120)]).toEqual(hidden);
  });

  it("keeps one column whatever happens", () => {
    expect(fitColumns([{ key: "a" }, { key: "b" }], 0, 120).size).toBe(1);
  });
});
