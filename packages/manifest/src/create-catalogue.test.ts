import { describe, expect, it } from "vitest";
import { BASE } from "../scripts/samples.ts";
import { CAPABILITIES } from "./capabilities.ts";
import { consentItems } from "./consent-items.ts";
import { createCatalogue } from "./create-catalogue.ts";
import { diffManifests } from "./diff-manifests.ts";
import { effectiveCapabilities } from "./effective-capabilities.ts";
import { manifestInterfaces } from "./manifest-interfaces.ts";
import { parseManifest } from "./parse-manifest.ts";
import type { Capability } from "./ports.ts";

const tickets: Capability = {
  name: "cap:ticket.read",
  interfaces: ["acme:psa/tickets@1.0.0"],
  byDefault: false,
  risk: "medium",
  sentence: "Read your tickets",
  route: "tickets",
};
const clock: Capability = {
  name: "cap:clock.read",
  interfaces: ["acme:psa/clock"],
  byDefault: true,
  risk: "low",
  sentence: "Read the time",
};
const catalogue = createCatalogue([tickets, clock]);

describe("a host's catalogue", () => {
  const source = { ...BASE, capabilities: ["Ticket.Read", "storage.kv", "ticket.raed"] };
  const { manifest, warnings } = parseManifest(source, { catalogue });

  it("makes its capabilities known, and their misspellings", () => {
    expect(manifest.capabilities).toEqual(["cap:ticket.read", "cap:storage.kv"]);
    expect(manifest.unknownCapabilities).toEqual(["ticket.raed"]);
    expect(warnings.at(-1)).toMatchObject({ code: "unknown_capability", suggestion: "cap:ticket.read" });
  });

  it("leaves them unknown to everybody else", () => {
    expect(parseManifest(source).manifest.capabilities).toEqual(["cap:storage.kv"]);
    expect(effectiveCapabilities(["cap:ticket.read"], ["cap:ticket.read"])).not.toContain("cap:ticket.read");
  });

  it("counts where something is granted, consented to, built or compared", () => {
    expect(effectiveCapabilities(manifest.capabilities, ["ticket.read"], { catalogue })).toEqual([
      "cap:context.read",
      "cap:log.emit",
      "cap:user.read",
      "cap:ticket.read",
      "cap:clock.read",
    ]);
    expect(consentItems(manifest, { catalogue }).map(({ name, sentence }) => [name, sentence])).toEqual(
      expect.arrayContaining([
        ["cap:ticket.read", "Read your tickets"],
        ["cap:clock.read", "Read the time"],
      ]),
    );
    expect(manifestInterfaces(manifest, { catalogue })).toEqual([
      "context",
      "storage",
      "logging",
      "user",
      "user-v2",
      "acme:psa/tickets@1.0.0",
      "acme:psa/clock",
    ]);
    const before = parseManifest(BASE, { catalogue }).manifest;
    expect(diffManifests(before, manifest, { catalogue }).consent.map(({ name }) => name)).toEqual([
      "cap:ticket.read",
      "cap:storage.kv",
    ]);
  });

  it("keeps the platform's capabilities as they are, and cannot be changed", () => {
    expect(catalogue.capabilities.slice(0, CAPABILITIES.length)).toEqual(CAPABILITIES);
    expect(catalogue.find("log")?.name).toBe("cap:log.emit");
    expect(Object.isFrozen(catalogue.capabilities)).toBe(true);
    expect(createCatalogue([]).capabilities).toEqual(CAPABILITIES);
  });

  it.each<[string, Partial<Capability>]>([
    ["a name without cap:", { name: "ticket.read" }],
    ["a name in capitals", { name: "cap:Ticket" }],
    ["a name of the platform", { name: "cap:storage.kv" }],
    ["an alias of the platform", { name: "cap:log" }],
    ["a bare interface", { interfaces: ["tickets"] }],
    ["an interface of the platform", { interfaces: ["alga:extension/storage"] }],
    ["an interface of WASI", { interfaces: ["wasi:http/outgoing-handler@0.2.0"] }],
    ["an interface twice", { interfaces: ["acme:psa/a", "acme:psa/a"] }],
    ["a route with a slash", { route: "a/b" }],
    ["a route of the platform", { route: "storage" }],
    ["no sentence", { sentence: " " }],
    ["no risk", { risk: "none" as "low" }],
  ])("refuses %s", (_what, change) => {
    expect(() => createCatalogue([{ ...tickets, ...change }])).toThrow(TypeError);
  });
});
