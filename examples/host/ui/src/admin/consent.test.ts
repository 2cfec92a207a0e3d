import type { CatalogEntry, ConsentItem, InstallSummary } from "@alga-ext/protocol";
import { describe, expect, it } from "vitest";
import { consentOf, grantedKeys, newerVersions, newlyRequested, toGrants } from "./consent.ts";

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

  it("asks on update only for what is new and not granted yet", () => {
    const added = newlyRequested(consentOf(entry, "2.0.0"), consentOf(entry, "3.0.0"), install);
    expect(added.map(({ name }) => name)).toEqual(["cap:http.fetch", "api.vendor.example"]);
    // What was withheld on purpose is not asked for again.
    const withheld = { ...install, grantedCapabilities: [] };
    expect(newlyRequested(consentOf(entry, "2.0.0"), [storage], withheld)).toEqual([]);
    expect(grantedKeys(install)).toEqual(new Set(["capability:cap:storage.kv"]));
  });
});
