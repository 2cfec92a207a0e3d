import type { JsonValue } from "@alga-ext/protocol";
import type { Manifest, ManifestLinks } from "../manifest.ts";
import type { Catalogue } from "../ports.ts";
import type { ManifestSource } from "../types.generated.ts";
import { checkHosts } from "./check-hosts.ts";
import { checkKeys } from "./check-keys.ts";
import type { Findings } from "./findings.ts";
import { toBundlePath } from "./to-bundle-path.ts";
import { toCapabilities } from "./to-capabilities.ts";
import { toEvents, toSchedules } from "./to-deliveries.ts";
import { toEgress } from "./to-egress.ts";
import { toEndpoints } from "./to-endpoints.ts";
import { toSettings } from "./to-settings.ts";
import { toUi } from "./to-ui.ts";

/**
 * Turn a source of valid shape into the strict form, noting all that was read liberally and refusing what the shape
 * alone cannot tell.
 *
 * @param options.incomplete Names of top-level parts of which something was refused: what would refer to it is not judged.
 */
export function toManifest(
  source: ManifestSource,
  options: {
    readonly catalogue: Catalogue;
    readonly findings: Findings;
    readonly incomplete?: ReadonlySet<string>;
  },
): Manifest {
  const { catalogue, findings, incomplete } = options;
  checkKeys(source, { scope: "root", path: [] }, findings);
  const name = trimmed(source.name, "name", findings);
  const publisher = toPublisher(source.publisher, findings);
  if (source.runtime !== "wasm-js@1") {
    findings.warn("unknown_runtime", ["runtime"], 'The only runtime is "wasm-js@1"; it is used.');
  }
  const { capabilities, unknownCapabilities } = toCapabilities(
    source.capabilities ?? [],
    catalogue,
    findings,
  );
  const egress = toEgress(source.egress ?? [], findings);
  const settings = toSettings(source.settings, findings);
  if (incomplete?.has("settings") !== true && (source.settings === undefined || settings !== null)) {
    checkHosts(source.egress ?? [], settings, findings);
  }
  const ui = source.ui === undefined ? null : toUi(source.ui, findings);
  const endpoints = toEndpoints(source.api, findings);
  const around = { endpoints: incomplete?.has("api") === true ? null : endpoints, findings };
  const schedules = toSchedules(source.schedules ?? [], around);
  checkNeeds({ capabilities, egress, schedules }, findings, incomplete);
  return {
    name,
    publisher,
    slug: `${publisher}.${name}`.toLowerCase(),
    version: source.version,
    runtime: source.runtime,
    displayName: source.displayName?.trim() || ui?.hooks.appMenu?.label || name,
    description: source.description?.trim() ?? "",
    icon: source.icon === undefined ? null : toBundlePath(source.icon),
    links: toLinks(source.links, findings),
    minHostVersion: source.minHostVersion ?? null,
    capabilities,
    unknownCapabilities,
    egress,
    ui,
    endpoints,
    settings,
    events: toEvents(source.events ?? [], around),
    schedules,
    raw: source as { readonly [key: string]: JsonValue },
  };
}

function toPublisher(publisher: string | undefined, findings: Findings): string {
  if (publisher !== undefined) return trimmed(publisher, "publisher", findings);
  findings.warn(
    "missing_publisher",
    ["publisher"],
    'No publisher is named, so "unknown" is used. Add "publisher".',
  );
  return "unknown";
}

function trimmed(text: string, key: string, findings: Findings): string {
  const short = text.trim();
  if (short !== text) findings.warn("normalized", [key], "The spaces around it are left out.", short);
  return short;
}

function toLinks(links: ManifestSource["links"], findings: Findings): ManifestLinks {
  if (links === undefined) return {};
  checkKeys(links, { scope: "links", path: ["links"] }, findings);
  const { homepage, documentation, support, privacy, terms, source } = links;
  const known = { homepage, documentation, support, privacy, terms, source };
  return Object.fromEntries(Object.entries(known).filter(([, address]) => address !== undefined));
}

function checkNeeds(
  manifest: Pick<Manifest, "capabilities" | "egress" | "schedules">,
  findings: Findings,
  incomplete?: ReadonlySet<string>,
): void {
  if (incomplete?.has("capabilities") === true || incomplete?.has("egress") === true) return;
  const hasFetch = manifest.capabilities.includes("cap:http.fetch");
  if (hasFetch && manifest.egress.length === 0) {
    const message = "cap:http.fetch can call no host, because egress lists none. Add the hosts.";
    findings.warn("egress_mismatch", ["capabilities"], message);
  }
  if (!hasFetch && manifest.egress.length > 0) {
    const message = "No host can be called without cap:http.fetch. Add it to capabilities.";
    findings.warn("egress_mismatch", ["egress"], message);
  }
  if (manifest.schedules.length > 0 && !manifest.capabilities.includes("cap:scheduler.manage")) {
    const message = "No schedule runs without cap:scheduler.manage. Add it to capabilities.";
    findings.warn("schedule_mismatch", ["schedules"], message);
  }
}
