import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FULL_MANIFEST } from "../scripts/full-manifest.ts";
import { BASE, get, PAGE, withEndpoints } from "../scripts/samples.ts";
import { diffManifests, type ManifestDiff } from "./diff-manifests.ts";
import type { Manifest } from "./manifest.ts";
import { parseManifest } from "./parse-manifest.ts";

const read = (source: object): Manifest => parseManifest({ ...BASE, ...source }).manifest;
const PARTS = ["capabilities", "egress", "endpoints", "settings", "events", "schedules", "hooks"] as const;

const fetches = (...hosts: readonly (string | object)[]): object => ({
  capabilities: ["cap:http.fetch"],
  egress: hosts.map((host) => (typeof host === "string" ? { host, reason: "r" } : host)),
});
const ui = (hooks: object, more: object = {}): object => ({ ui: { ...PAGE, ...more, hooks } });
const body = (kind: "request" | "response", schema: unknown): object =>
  withEndpoints(get("/a", { method: "POST", ...(schema === undefined ? {} : { [kind]: schema }) }));
const settings = (properties: object, required: string[] = []): object => ({
  settings: { type: "object", properties, required },
});
const object = (properties: object, required: readonly string[] = []): object => ({
  type: "object",
  properties,
  required,
});
const text = { type: "string" };
const tab = { id: "a", label: "A", target: "client" };

describe("diffManifests", () => {
  const rows: readonly (readonly [
    what: string,
    before: object,
    after: object,
    semver: ManifestDiff["semver"],
    asksForMore: boolean,
  ])[] = [
    ["only another version number", {}, { version: "2.0.0" }, "none", false],
    ["another description", {}, { description: "d" }, "patch", false],
    [
      "another icon and link",
      {},
      { icon: "ui/a.svg", links: { homepage: "https://a.example" } },
      "patch",
      false,
    ],
    ["another publisher", {}, { publisher: "other" }, "major", false],
    ["another name", {}, { name: "other" }, "major", false],
    ["another runtime", {}, { runtime: "wasm-js@2" }, "major", false],
    ["a newer host", { minHostVersion: "1.9.0" }, { minHostVersion: "1.10.0" }, "major", false],
    ["a host version where none was", {}, { minHostVersion: "1.0.0" }, "major", false],
    ["an older host", { minHostVersion: "1.10.0" }, { minHostVersion: "1.9.0" }, "patch", false],

    ["a capability", {}, { capabilities: ["cap:storage.kv"] }, "minor", true],
    ["a capability that all have", {}, { capabilities: ["cap:log.emit"] }, "minor", false],
    ["a capability less", { capabilities: ["cap:storage.kv"] }, {}, "patch", false],
    ["an unknown capability", {}, { capabilities: ["metrics"] }, "patch", false],

    ["a host", fetches("a.x.example"), fetches("a.x.example", "b.x.example"), "minor", true],
    ["a host less", fetches("a.x.example", "b.x.example"), fetches("a.x.example"), "patch", false],
    [
      "a host that a wildcard had",
      fetches("*.x.example"),
      fetches("*.x.example", "a.x.example"),
      "minor",
      false,
    ],
    ["a wildcard where a host was", fetches("a.x.example"), fetches("*.x.example"), "minor", true],
    [
      "a port",
      fetches("a.x.example"),
      fetches({ host: "a.x.example", reason: "r", ports: [8443] }),
      "minor",
      true,
    ],
    [
      "a port less",
      fetches({ host: "a.x.example", reason: "r", ports: [8443] }),
      fetches("a.x.example"),
      "minor",
      false,
    ],
    ["another reason", fetches("a.x.example"), fetches({ host: "a.x.example", reason: "s" }), "patch", false],

    ["an endpoint", {}, withEndpoints(get("/a")), "minor", false],
    ["an endpoint less", withEndpoints(get("/a")), {}, "major", false],
    [
      "another method",
      withEndpoints(get("/a")),
      withEndpoints(get("/a", { method: "POST" })),
      "major",
      false,
    ],
    ["a parameter's name", withEndpoints(get("/:id")), withEndpoints(get("/:key")), "patch", false],
    ["another summary", withEndpoints(get("/a")), withEndpoints(get("/a", { summary: "s" })), "patch", false],
    [
      "another order",
      withEndpoints(get("/a"), get("/b")),
      withEndpoints(get("/b"), get("/a")),
      "patch",
      false,
    ],
    [
      "now schedulable",
      withEndpoints(get("/a")),
      withEndpoints(get("/a", { schedulable: true })),
      "minor",
      false,
    ],
    [
      "no longer schedulable",
      withEndpoints(get("/a", { schedulable: true })),
      withEndpoints(get("/a")),
      "major",
      false,
    ],

    ["a request described", body("request", undefined), body("request", object({})), "major", false],
    [
      "a request no longer described",
      body("request", object({})),
      body("request", undefined),
      "minor",
      false,
    ],
    [
      "another title in a request",
      body("request", object({})),
      body("request", { ...object({}), title: "T" }),
      "patch",
      false,
    ],
    [
      "an optional member in a request",
      body("request", object({})),
      body("request", object({ a: text })),
      "minor",
      false,
    ],
    [
      "a required member in a request",
      body("request", object({})),
      body("request", object({ a: text }, ["a"])),
      "major",
      false,
    ],
    [
      "no longer required in a request",
      body("request", object({ a: text }, ["a"])),
      body("request", object({ a: text })),
      "minor",
      false,
    ],
    [
      "a member less in a request",
      body("request", object({ a: text })),
      body("request", object({})),
      "major",
      false,
    ],
    [
      "another type within a request",
      body("request", object({ a: object({ b: text }) })),
      body("request", object({ a: object({ b: { type: "number" } }) })),
      "major",
      false,
    ],
    [
      "a member that is called title",
      body("request", object({ title: text })),
      body("request", object({ title: { type: "number" } })),
      "major",
      false,
    ],
    [
      "an enum that is about descriptions",
      body("request", { enum: [{ title: 1 }] }),
      body("request", { enum: [{ title: 2 }] }),
      "major",
      false,
    ],
    ["a response described", body("response", undefined), body("response", object({})), "minor", false],
    [
      "a response no longer described",
      body("response", object({})),
      body("response", undefined),
      "major",
      false,
    ],
    [
      "a member in a response",
      body("response", object({})),
      body("response", object({ a: text })),
      "minor",
      false,
    ],
    [
      "a member less in a response",
      body("response", object({ a: text })),
      body("response", object({})),
      "major",
      false,
    ],
    [
      "now required in a response",
      body("response", object({ a: text })),
      body("response", object({ a: text }, ["a"])),
      "minor",
      false,
    ],
    [
      "no longer required in a response",
      body("response", object({ a: text }, ["a"])),
      body("response", object({ a: text })),
      "major",
      false,
    ],

    ["a setting", {}, settings({ a: text }), "minor", false],
    ["a setting that must be filled in", settings({}), settings({ a: text }, ["a"]), "major", false],
    [
      "a required setting with a default",
      settings({}),
      settings({ a: { ...text, default: "x" } }, ["a"]),
      "minor",
      false,
    ],
    ["a setting less", settings({ a: text }), settings({}), "minor", false],
    ["another type of setting", settings({ a: text }), settings({ a: { type: "number" } }), "major", false],
    [
      "a setting that became secret",
      settings({ a: text }),
      settings({ a: { ...text, secret: true } }),
      "major",
      false,
    ],
    [
      "another title of a setting",
      settings({ a: text }),
      settings({ a: { ...text, title: "A" } }),
      "patch",
      false,
    ],
    ["a setting that became required", settings({ a: text }), settings({ a: text }, ["a"]), "major", false],
    [
      "other rules for settings",
      settings({ a: text }),
      { settings: { ...object({ a: text }), additionalProperties: false } },
      "major",
      false,
    ],

    ["an event", {}, { events: [{ topic: "t" }] }, "minor", true],
    ["an event less", { events: [{ topic: "t" }] }, {}, "minor", false],
    ["a page", {}, ui({}), "minor", false],
    ["no page any more", ui({}), {}, "major", false],
    ["another entry", ui({}), ui({}, { entry: "ui/other.html" }), "patch", false],
    ["a tab", ui({}), ui({ tabs: [tab] }), "minor", false],
    ["a tab less", ui({ tabs: [tab] }), ui({}), "major", false],
    ["another label", ui({ tabs: [tab] }), ui({ tabs: [{ ...tab, label: "B" }] }), "patch", false],
    ["open to clients", ui({}), ui({ clientPortalMenu: { label: "A" } }), "minor", true],
    ["closed to clients", ui({ clientPortalMenu: { label: "A" } }), ui({}), "major", false],
  ];

  it.each(rows)("%s", (_what, before, after, semver, asksForMore) => {
    const diff = diffManifests(read(before), read(after));
    expect([diff.semver, diff.asksForMore]).toEqual([semver, asksForMore]);
  });

  it("judges schedules", () => {
    const source = {
      ...withEndpoints(get("/sync", { method: "POST", schedulable: true })),
      capabilities: ["cap:scheduler.manage"],
    };
    const schedules = [{ name: "N", cron: "0 3 * * *", endpoint: "POST /sync" }];
    const diff = diffManifests(read(source), read({ ...source, schedules }));
    expect([diff.semver, diff.schedules.added]).toEqual(["minor", ["N"]]);
    const later = [{ ...schedules[0], cron: "0 4 * * *" }];
    expect(
      diffManifests(read({ ...source, schedules }), read({ ...source, schedules: later })).schedules.changed,
    ).toEqual(["N"]);
  });

  it("names what came and went, and asks only for what is new", () => {
    const before = read({ ...fetches("a.x.example"), ...withEndpoints(get("/a/:id")) });
    const after = read({
      ...fetches("b.x.example"),
      capabilities: ["cap:http.fetch", "cap:storage.kv"],
      ...withEndpoints(get("/a/:key"), get("/b")),
      ...ui({ appMenu: { label: "A" }, modals: [{ id: "m", label: "M" }] }),
    });
    const diff = diffManifests(before, after);
    expect(diff.capabilities).toEqual({ added: ["cap:storage.kv"], removed: [], changed: [] });
    expect(diff.egress).toEqual({ added: ["b.x.example"], removed: ["a.x.example"], changed: [] });
    expect(diff.endpoints).toEqual({ added: ["GET /b"], removed: [], changed: ["GET /a/:key"] });
    expect(diff.hooks.added).toEqual(["appMenu", "modals/m"]);
    expect(diff.consent.map(({ kind, name }) => [kind, name])).toEqual([
      ["capability", "cap:storage.kv"],
      ["egress", "b.x.example"],
    ]);
  });

  describe("for any two manifests", () => {
    const full = read(FULL_MANIFEST);
    const some = <Item>(items: readonly Item[]): fc.Arbitrary<Item[]> => fc.shuffledSubarray([...items]);
    // Versions of one extension, each with some of what the full one has.
    const manifest = fc
      .record({
        capabilities: some(full.capabilities),
        egress: some(full.egress),
        endpoints: some(full.endpoints),
        settings: some(Object.entries(full.settings?.properties ?? {})),
        events: some(full.events),
        schedules: some(full.schedules),
        hooks: some(Object.entries(full.ui?.hooks ?? {})),
        displayName: fc.constantFrom("A", "B"),
      })
      .map(({ settings: properties, hooks, ...rest }): Manifest => ({
        ...full,
        ...rest,
        settings: { type: "object", properties: Object.fromEntries(properties) },
        ui: { type: "iframe", entry: "ui/index.html", hooks: Object.fromEntries(hooks) },
      }));

    it("nothing differs from itself", () => {
      fc.assert(
        fc.property(manifest, (one) => {
          const { semver, asksForMore, consent, ...parts } = diffManifests(one, structuredClone(one));
          expect([semver, asksForMore, consent]).toEqual(["none", false, []]);
          for (const part of PARTS) expect(parts[part]).toEqual({ added: [], removed: [], changed: [] });
        }),
      );
    });

    it("what came one way went the other way", () => {
      fc.assert(
        fc.property(manifest, manifest, (one, other) => {
          const there = diffManifests(one, other);
          const back = diffManifests(other, one);
          for (const part of PARTS) {
            expect(there[part].added).toEqual(back[part].removed);
            expect(there[part].removed).toEqual(back[part].added);
            expect(there[part].changed).toEqual(back[part].changed);
          }
          expect(there.semver === "none").toBe(back.semver === "none");
        }),
      );
    });

    it("asks for a capability or host exactly when the old one had none like it", () => {
      fc.assert(
        fc.property(manifest, manifest, (one, other) => {
          const { consent, capabilities, egress } = diffManifests(one, other);
          const named = consent.map(({ name }) => name).sort();
          expect(named).toEqual([...capabilities.added, ...egress.added].sort());
        }),
      );
    });
  });
});
