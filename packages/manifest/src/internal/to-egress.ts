import type { ManifestEgress } from "../manifest.ts";
import type { EgressSource } from "../types.generated.ts";
import { checkKeys } from "./check-keys.ts";
import type { WarningList } from "./warning-list.ts";

/** Egress hosts in lower case, each once. */
export function toEgress(sources: readonly EgressSource[], warnings: WarningList): ManifestEgress[] {
  const byHost = new Map<string, ManifestEgress>();
  for (const [index, source] of sources.entries()) {
    checkKeys(source, { scope: "egress", path: ["egress", index] }, warnings);
    const host = source.host.toLowerCase();
    if (byHost.has(host)) {
      warnings.add("duplicate", ["egress", index], `${host} is declared already; this entry has no effect.`);
      continue;
    }
    const ports = source.ports === undefined ? {} : { ports: source.ports };
    byHost.set(host, { host, ...ports, reason: source.reason.trim() });
  }
  return [...byHost.values()];
}
