import type { ManifestEgress } from "../manifest.ts";
import type { EgressSource } from "../types.generated.ts";
import { checkKeys } from "./check-keys.ts";
import type { Findings } from "./findings.ts";
import { lowerHost } from "./lower-host.ts";

/** Egress hosts in their one spelling, each once. */
export function toEgress(sources: readonly EgressSource[], findings: Findings): ManifestEgress[] {
  const byHost = new Map<string, ManifestEgress>();
  sources.forEach((source, index) => {
    checkKeys(source, { scope: "egress", path: ["egress", index] }, findings);
    const host = lowerHost(source.host.replace(/^https:\/\//i, ""));
    if (host.length < source.host.length) {
      findings.warn(
        "normalized",
        ["egress", index, "host"],
        `This is read as ${host}. Write it that way.`,
        host,
      );
    }
    if (byHost.has(host)) {
      findings.warn("duplicate", ["egress", index], `${host} is declared already; this entry has no effect.`);
      return;
    }
    const ports = source.ports === undefined ? {} : { ports: source.ports };
    byHost.set(host, { host, ...ports, reason: source.reason.trim() });
  });
  return [...byHost.values()];
}
