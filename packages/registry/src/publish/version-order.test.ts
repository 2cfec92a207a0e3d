import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareVersions, patchesOf, wildcardLine } from "./version-order.ts";

const identifier = fc.oneof(
  fc.nat({ max: 30 }).map(String),
  fc.stringMatching(/^[0-9]{0,2}[A-Za-z-][0-9A-Za-z-]{0,3}$/),
);
const version = fc
  .tuple(
    fc.nat({ max: 12 }),
    fc.nat({ max: 12 }),
    fc.nat({ max: 12 }),
    fc.array(identifier, { maxLength: 3 }),
  )
  .map(
    ([major, minor, patch, pre]) =>
      `${major}.${minor}.${patch}${pre.length === 0 ? "" : `-${pre.join(".")}`}`,
  );

describe("compareVersions", () => {
  test("orders as semantic versioning's own example does", () => {
    const ordered = [
      "1.0.0-alpha",
      "1.0.0-alpha.1",
      "1.0.0-alpha.beta",
      "1.0.0-beta",
      "1.0.0-beta.2",
      "1.0.0-beta.11",
      "1.0.0-rc.1",
      "1.0.0",
      "1.0.1",
      "1.2.0",
      "1.10.0",
      "2.0.0",
    ];
    expect(ordered.toReversed().sort(compareVersions)).toEqual(ordered);
  });

  test("ignores build metadata", () => {
    expect(compareVersions("1.0.0+a", "1.0.0+b-c")).toBe(0);
  });

  test("is a total order", () => {
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        expect(Math.sign(compareVersions(a, b))).toBe(-Math.sign(compareVersions(b, a)) + 0);
        if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0) {
          expect(compareVersions(a, c)).toBeLessThanOrEqual(0);
        }
      }),
    );
  });
});

test("a wildcard names a line, and only its releases have patches", () => {
  expect(wildcardLine("0.1.*")).toBe("0.1");
  expect(wildcardLine("0.1.0")).toBeNull();
  expect(patchesOf("0.1", ["0.1.0", "0.1.7", "0.1.9-rc.1", "0.11.3", "1.0.1", "0.1.2+build"])).toEqual([
    0, 7, 2,
  ]);
});
