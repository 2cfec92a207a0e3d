import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BASE } from "../scripts/samples.ts";
import { ManifestError } from "./errors.ts";
import { matchesHost } from "./matches-host.ts";
import { parseManifest } from "./parse-manifest.ts";
import { resolveEgress } from "./resolve-egress.ts";

const { manifest } = parseManifest({
  ...BASE,
  egress: [
    "api.vendor.example",
    "https://{region}.vendor.example",
    "*.api-{zone}.{region}.vendor.example",
  ].map((host) => ({ host, reason: "r" })),
  settings: {
    type: "object",
    properties: { region: { type: "string", default: "eu" }, zone: { type: "string" } },
  },
});

describe("resolveEgress", () => {
  it("fills in values and defaults, and leaves out what has neither", () => {
    expect(resolveEgress(manifest, {})).toEqual(["api.vendor.example", "eu.vendor.example"]);
    expect(resolveEgress(manifest, { region: "US", zone: "b" })).toEqual([
      "api.vendor.example",
      "us.vendor.example",
      "*.api-b.us.vendor.example",
    ]);
    expect(resolveEgress(manifest, { region: "", zone: null })).toEqual([
      "api.vendor.example",
      "eu.vendor.example",
    ]);
  });

  it("works on hosts alone, as on those that were granted", () => {
    expect(resolveEgress({ egress: [{ host: "{region}.vendor.example" }] }, { region: "eu" })).toEqual([
      "eu.vendor.example",
    ]);
    expect(resolveEgress({ egress: [{ host: "{constructor}.vendor.example" }] }, {})).toEqual([]);
  });

  it.each([
    "evil.example/",
    "evil.example#",
    "a.b",
    "*",
    "-a",
    "a-",
    "a b",
    "ü",
    "a\n",
    "x".repeat(64),
    "a:80",
    "a@b",
    "{zone}",
    7,
    true,
    ["eu"],
    { toString: "eu" },
  ])("refuses %j", (region) => {
    expect(() => resolveEgress(manifest, { region })).toThrowError(
      expect.objectContaining({ code: "invalid_setting", status: 400, details: { settings: ["/region"] } }),
    );
  });

  it("refuses a label that grows too long together", () => {
    expect(() => resolveEgress(manifest, { zone: "z".repeat(60) })).toThrow(ManifestError);
  });

  it("never leaves the declared domain, whatever the value", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.domain(), fc.webUrl()), (region) => {
        try {
          for (const host of resolveEgress(manifest, { region })) {
            expect(host.endsWith("vendor.example")).toBe(true);
            if (host.split(".").length === 3 && !host.startsWith("*")) {
              expect(matchesHost("*.vendor.example", host)).toBe(true);
            }
          }
        } catch (error) {
          if (!(error instanceof ManifestError)) throw error;
        }
      }),
    );
  });
});
