import { readFile } from "node:fs/promises";
import { WIT_INTERFACES } from "@alga-ext/protocol/wit";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CAPABILITIES, DEFAULT_CAPABILITIES } from "./capabilities.ts";
import { consentItems } from "./consent-items.ts";
import { effectiveCapabilities } from "./effective-capabilities.ts";
import { findCapability, normalizeCapability } from "./find-capability.ts";
import { manifestInterfaces } from "./manifest-interfaces.ts";

const names = CAPABILITIES.map(({ name }) => name);

describe("the catalogue", () => {
  it("covers every interface of the world once, in its order", () => {
    expect(CAPABILITIES.flatMap(({ interfaces }) => interfaces)).toEqual([...WIT_INTERFACES]);
  });

  it("grants exactly these by default", () => {
    expect([...DEFAULT_CAPABILITIES]).toEqual(["cap:context.read", "cap:log.emit", "cap:user.read"]);
  });

  it("is what the schema offers to editors", async () => {
    const schema = JSON.parse(
      await readFile(new URL("../schema/manifest.schema.json", import.meta.url), "utf8"),
    );
    expect(new Set(schema.properties.capabilities.items.examples)).toEqual(new Set(names));
  });

  it.each([
    ["storage.kv", "cap:storage.kv"],
    [" CAP:Storage.KV ", "cap:storage.kv"],
    ["log", "cap:log.emit"],
    ["cap:log", "cap:log.emit"],
    ["cap:cap:log", null],
    ["metrics", null],
    ["", null],
    ["constructor", null],
    ["__proto__", null],
  ])("knows %j as %j", (written, expected) => {
    expect(normalizeCapability(written)).toBe(expected);
    expect(findCapability(written)?.name ?? null).toBe(expected);
  });
});

describe("effectiveCapabilities", () => {
  const written = fc.constantFrom(...names, ...names.map((name) => name.slice(4).toUpperCase()), "log", "x");

  it("is what is declared and granted, plus the defaults", () => {
    expect(
      effectiveCapabilities(["cap:storage.kv", "http.fetch"], ["cap:storage.kv", "cap:secrets.get"]),
    ).toEqual(["cap:context.read", "cap:storage.kv", "cap:log.emit", "cap:user.read"]);
  });

  it("never exceeds what is declared or granted, and never drops a default", () => {
    fc.assert(
      fc.property(fc.array(written), fc.array(written), (declared, granted) => {
        const effective = effectiveCapabilities(declared, granted);
        const asked = new Set<string | null>([...declared.map(normalizeCapability), ...DEFAULT_CAPABILITIES]);
        const given = new Set<string | null>([...granted.map(normalizeCapability), ...DEFAULT_CAPABILITIES]);
        expect(effective.every((name) => asked.has(name) && given.has(name))).toBe(true);
        expect(effective).toEqual(expect.arrayContaining([...DEFAULT_CAPABILITIES]));
        expect(new Set(effective).size).toBe(effective.length);
      }),
    );
  });
});

describe("manifestInterfaces", () => {
  it("is the defaults' interfaces and the declared ones, in the world's order", () => {
    expect(manifestInterfaces({ capabilities: [] })).toEqual(["context", "logging", "user", "user-v2"]);
    expect(manifestInterfaces({ capabilities: ["cap:storage.kv", "cap:http.fetch"] })).toEqual([
      "context",
      "http",
      "storage",
      "logging",
      "user",
      "user-v2",
    ]);
  });
});

describe("consentItems", () => {
  it("lists what is asked for, then hosts, then what every extension may do", () => {
    const items = consentItems({
      capabilities: ["cap:http.fetch", "cap:log.emit", "cap:storage.kv"],
      egress: [
        { host: "api.vendor.example", reason: "Sends mail" },
        { host: "*.vendor.example", reason: "Regions", ports: [8443] },
      ],
    });
    expect(items.map(({ kind, name, risk, byDefault }) => [kind, name, risk, byDefault])).toEqual([
      ["capability", "cap:http.fetch", "high", false],
      ["capability", "cap:storage.kv", "low", false],
      ["egress", "api.vendor.example", "medium", false],
      ["egress", "*.vendor.example", "high", false],
      ["capability", "cap:context.read", "low", true],
      ["capability", "cap:log.emit", "low", true],
      ["capability", "cap:user.read", "low", true],
    ]);
    expect(items[0]?.sentence).toContain("api.vendor.example, any host of vendor.example");
    expect(items[2]?.sentence).toContain("Sends mail");
  });

  it("has a sentence for every capability", () => {
    const items = consentItems({ capabilities: names, egress: [] });
    expect(new Set(items.map(({ name }) => name))).toEqual(new Set(names));
    expect(new Set(items.map(({ sentence }) => sentence)).size).toBe(names.length);
  });
});
