import type { ManifestEgress } from "../manifest.ts";
import type { EgressSource } from "../types.generated.ts";
import { checkKeys } from "./check-keys.ts";
import type { Findings } from "./findings.ts";

/** Egress hosts in their one spelling, each once. */
export function toEgress(sources: readonly EgressSource[], findings: Findings): ManifestEgress[] {
  const byHost = new Map<string, ManifestEgress>();
  sources.forEach((source, index) => {
    checkKeys(source, { scope: "egress", path: ["egress", index] }, findings);
    const host = toHost(source.host);
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

// Lower case, but for the names of settings.
function toHost(written: string): string {
  const bare = written.replace(/^https:\/\//i, "");
  return bare.includes("{")
    ? bare.replaceAll(/[^{}]+(?![^{]*\})/g, (part) => part.toLowerCase())
    : bare.toLowerCase();
}
