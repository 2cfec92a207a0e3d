import type { JsonValue } from "@alga-ext/protocol";
import type { Manifest } from "../manifest.ts";
import type { ManifestSource } from "../types.generated.ts";
import { checkKeys } from "./check-keys.ts";
import { toCapabilities } from "./to-capabilities.ts";
import { toEgress } from "./to-egress.ts";
import { toEndpoints } from "./to-endpoints.ts";
import { toUi } from "./to-ui.ts";
import type { WarningList } from "./warning-list.ts";

/** Turn a valid source into the strict form, noting all that was read liberally. */
export function toManifest(
  source: ManifestSource,
  raw: { readonly [key: string]: JsonValue },
  warnings: WarningList,
): Manifest {
  checkKeys(source, { scope: "root", path: [] }, warnings);
  const name = trimmed(source.name, "name", warnings);
  const publisher = toPublisher(source.publisher, warnings);
  if (source.runtime !== "wasm-js@1") {
    warnings.add("unknown_runtime", ["runtime"], `The runtime is "wasm-js@1" here; it runs all the same.`);
  }
  const { capabilities, unknownCapabilities } = toCapabilities(source.capabilities ?? [], warnings);
  const egress = toEgress(source.egress ?? [], warnings);
  checkEgress(capabilities.includes("cap:http.fetch"), egress.length > 0, warnings);
  const ui = source.ui === undefined ? null : toUi(source.ui, warnings);
  return {
    name,
    publisher,
    slug: `${publisher}.${name}`.toLowerCase(),
    version: source.version,
    runtime: source.runtime,
    displayName: source.displayName?.trim() || ui?.hooks.appMenu?.label || name,
    description: source.description?.trim() ?? "",
    capabilities,
    unknownCapabilities,
    egress,
    ui,
    endpoints: toEndpoints(source.api, warnings),
    settings: raw["settings"] ?? null,
    raw,
  };
}

function toPublisher(publisher: string | undefined, warnings: WarningList): string {
  if (publisher !== undefined) return trimmed(publisher, "publisher", warnings);
  warnings.add("missing_publisher", ["publisher"], `No publisher is named; "unknown" is used.`);
  return "unknown";
}

function trimmed(text: string, key: string, warnings: WarningList): string {
  const short = text.trim();
  if (short !== text) warnings.add("normalized", [key], "Spaces around it were removed.");
  return short;
}

function checkEgress(hasFetch: boolean, hasHosts: boolean, warnings: WarningList): void {
  if (hasFetch && !hasHosts) {
    warnings.add(
      "egress_mismatch",
      ["capabilities"],
      "cap:http.fetch reaches no host that egress does not list.",
    );
  }
  if (!hasFetch && hasHosts) {
    warnings.add(
      "egress_mismatch",
      ["egress"],
      "Without cap:http.fetch in capabilities no host can be called.",
    );
  }
}
