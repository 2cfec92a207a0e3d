import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { effectiveEgress } from "./effective-egress.ts";
import { matchesHost } from "./matches-host.ts";

describe("matchesHost", () => {
  it.each([
    ["api.vendor.example", "api.vendor.example", true],
    ["API.vendor.example", "api.Vendor.example", true],
    ["api.vendor.example", "api.vendor.example.", true],
    ["api.vendor.example", "api.vendor.example..", false],
    ["api.vendor.example", "evil-api.vendor.example", false],
    ["api.vendor.example", "api.vendor.example.evil.example", false],
    ["*.vendor.example", "api.vendor.example", true],
    ["*.vendor.example", "a.b.vendor.example", false],
    ["*.vendor.example", "vendor.example", false],
    ["*.vendor.example", ".vendor.example", false],
    ["*.vendor.example", "*.vendor.example", false],
    ["*.vendor.example", "evilvendor.example", false],
    ["*.", "x.", false],
    ["", "", false],
    ["{region}.vendor.example", "{region}.vendor.example", false],
    ["*.vendor.example", "{region}.vendor.example", true],
  ])("%j against %j is %j", (pattern, host, expected) => {
    expect(matchesHost(pattern, host)).toBe(expected);
  });
});

describe("effectiveEgress", () => {
  it("takes the narrower side", () => {
    expect(effectiveEgress(["*.vendor.example"], ["api.vendor.example"])).toEqual(["api.vendor.example"]);
    expect(effectiveEgress(["api.vendor.example"], ["*.vendor.example"])).toEqual(["api.vendor.example"]);
    expect(effectiveEgress(["api.vendor.example"], [])).toEqual([]);
    expect(effectiveEgress([], ["api.vendor.example"])).toEqual([]);
  });

  it("keeps the name of a setting as it is written", () => {
    const host = "API.{Region}.vendor.example";
    expect(effectiveEgress([host], [host])).toEqual(["api.{Region}.vendor.example"]);
    expect(effectiveEgress(["{Region}.vendor.example"], ["*.vendor.example"])).toEqual([
      "{Region}.vendor.example",
    ]);
  });

  it("allows a host exactly when both sides do", () => {
    const label = fc.constantFrom("a", "b");
    const host = fc.array(label, { minLength: 2, maxLength: 3 }).map((parts) => parts.join("."));
    const pattern = fc.oneof(
      host,
      host.map((name) => `*.${name}`),
    );
    const patterns = fc.array(pattern, { maxLength: 4 });
    fc.assert(
      fc.property(patterns, patterns, host, (declared, granted, asked) => {
        const allows = (list: readonly string[]) => list.some((item) => matchesHost(item, asked));
        expect(allows(effectiveEgress(declared, granted))).toBe(allows(declared) && allows(granted));
      }),
      { numRuns: 1000 },
    );
  });
});
