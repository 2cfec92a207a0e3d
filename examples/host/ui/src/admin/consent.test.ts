import type { CatalogEntry, ConsentItem, InstallSummary } from "@alga-ext/protocol";
import { describe, expect, it } from "vitest";
import {
  consentOf,
  droppedItems,
  grantedKeys,
  newKeys,
  newerVersions,
  toGrants,
  toGroups,
  toggle,
  usable,
} from "./consent.ts";

const item = (kind: ConsentItem["kind"], name: string, byDefault = false): ConsentItem => ({
  kind,
  name,
  sentence: name,
  risk: "low",
  byDefault,
});
const version = (version: string, consent: readonly ConsentItem[]): CatalogEntry["versions"][number] => ({
  versionId: version,
  version,
  contentHash: `sha256:${"0".repeat(64)}`,
  createdAt: "2026-11-01T00:00:00Z",
  consent,
  change: null,
});

const storage = item("capability", "cap:storage.kv");
const fetchItem = item("capability", "cap:http.fetch");
const host = item("egress", "api.vendor.example");
const log = item("capability", "cap:log.emit", true);
const entry: CatalogEntry = {
  registryId: "r",
  publisher: "p",
  name: "n",
  displayName: "N",
  description: "",
  versions: [
    version("3.0.0", [storage, fetchItem, host, log]),
    version("2.0.0", [storage]),
    version("1.0.0", [log]),
  ],
  install: null,
};
const install: InstallSummary = {
  installId: "i",
  registryId: "r",
  versionId: "2.0.0",
  version: "2.0.0",
  slug: "p.n",
  displayName: "N",
  enabled: true,
  contentHash: `sha256:${"0".repeat(64)}`,
  grantedCapabilities: ["cap:storage.kv"],
  grantedEgress: [],
  pendingConsent: [],
  menuLabel: null,
  hasUi: true,
  secretNames: [],
};

describe("consent", () => {
  it("grants what was chosen and never lists what everybody has", () => {
    const items = consentOf(entry, "3.0.0");
    const chosen = new Set([
      "capability:cap:storage.kv",
      "egress:api.vendor.example",
      "capability:cap:log.emit",
    ]);
    expect(toGrants(items, chosen)).toEqual({
      capabilities: ["cap:storage.kv"],
      egress: ["api.vendor.example"],
    });
    expect(toGrants(items, new Set())).toEqual({ capabilities: [], egress: [] });
  });

  it("finds newer versions, and offers all when the installed one is gone", () => {
    expect(newerVersions(entry, install).map(({ version }) => version)).toEqual(["3.0.0"]);
    expect(newerVersions(entry, { ...install, version: "0.9.0" })).toHaveLength(3);
  });

  it("marks as new what a version asks for on top and was not granted yet", () => {
    const newer = entry.versions[0]!;
    const change = {
      semver: "minor",
      asksForMore: true,
      consent: [fetchItem, host, storage, log],
      removed: { capabilities: [], egress: [] },
      endpoints: { added: [], removed: [] },
    } as const;
    expect(newKeys({ ...newer, change }, install)).toEqual(
      new Set(["capability:cap:http.fetch", "egress:api.vendor.example"]),
    );
    expect(newKeys(newer, install).size).toBe(0);
    expect(newKeys(undefined, install).size).toBe(0);
  });

  it("names what a version no longer asks for in the words of the installed one", () => {
    const older = {
      ...entry.versions[2]!,
      change: {
        semver: "patch",
        asksForMore: false,
        consent: [],
        removed: { capabilities: ["cap:storage.kv", "cap:gone"], egress: ["api.vendor.example"] },
        endpoints: { added: [], removed: [] },
      },
    } as const;
    expect(droppedItems(entry, older, install)).toEqual([storage]);
  });

  it("puts hosts below the power to call them, and lets them come and go with it", () => {
    const items = [storage, fetchItem, host, log];
    const groups = toGroups(items);
    expect(groups).toEqual([
      { item: storage, hosts: [] },
      { item: fetchItem, hosts: [host] },
    ]);
    expect(toGroups([host])).toEqual([{ item: host, hosts: [] }]);
    const all = new Set(["capability:cap:http.fetch", "egress:api.vendor.example"]);
    expect(toggle(all, groups[1]!, false)).toEqual(new Set());
    expect(toggle(new Set(), groups[1]!, true)).toEqual(all);
    expect(toggle(all, { item: host, hosts: [] }, false)).toEqual(new Set(["capability:cap:http.fetch"]));
  });

  it("drops from a choice what has no effect", () => {
    const items = [storage, fetchItem, host];
    expect(usable(items, new Set(["egress:api.vendor.example", "capability:cap:none"]))).toEqual(new Set());
    expect(grantedKeys(install)).toEqual(new Set(["capability:cap:storage.kv"]));
  });
});
