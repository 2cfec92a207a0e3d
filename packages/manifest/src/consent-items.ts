import type { ConsentItem } from "@alga-ext/protocol";
import { CAPABILITIES } from "./capabilities.ts";
import type { Manifest, ManifestEgress } from "./manifest.ts";

const FETCH = "cap:http.fetch";

/**
 * What an administrator agrees to by installing, in plain words: declared capabilities, then hosts, then what
 * every extension may do anyway.
 *
 * Reasons are the publisher's own text: show them as text, never as markup.
 */
export function consentItems(manifest: Pick<Manifest, "capabilities" | "egress">): ConsentItem[] {
  const capability = ({ name, sentence, risk, byDefault }: (typeof CAPABILITIES)[number]): ConsentItem => ({
    kind: "capability",
    name,
    sentence: name === FETCH ? fetchSentence(manifest.egress) : sentence,
    risk,
    byDefault,
  });
  const asked = manifest.capabilities.flatMap((name) => CAPABILITIES.filter((item) => item.name === name));
  return [
    ...asked.filter(({ byDefault }) => !byDefault).map(capability),
    ...manifest.egress.map(egressItem),
    ...CAPABILITIES.filter(({ byDefault }) => byDefault).map(capability),
  ];
}

function fetchSentence(egress: readonly ManifestEgress[]): string {
  if (egress.length === 0) return "Call outside services (it names none, so every call will be refused)";
  return `Call these outside services: ${egress.map(describeHost).join(", ")}`;
}

function egressItem(egress: ManifestEgress): ConsentItem {
  return {
    kind: "egress",
    name: egress.host,
    sentence: `Send data to and receive data from ${describeHost(egress)}: ${egress.reason}`,
    risk: egress.host.startsWith("*.") ? "high" : "medium",
    byDefault: false,
  };
}

function describeHost({ host, ports }: ManifestEgress): string {
  const where = host.startsWith("*.") ? `any host of ${host.slice(2)}` : host;
  return ports === undefined ? where : `${where} (also port ${ports.join(", ")})`;
}
