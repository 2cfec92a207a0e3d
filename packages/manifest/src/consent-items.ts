import type { ConsentItem } from "@alga-ext/protocol";
import { PLATFORM_CATALOGUE } from "./create-catalogue.ts";
import type { Manifest, ManifestEgress } from "./manifest.ts";
import type { Capability, CatalogueOptions } from "./ports.ts";

const FETCH = "cap:http.fetch";

/**
 * What an administrator agrees to by installing, in plain words: declared capabilities, then hosts, then what
 * every extension may do anyway.
 *
 * Reasons are the publisher's own text: show them as text, never as markup.
 */
export function consentItems(
  manifest: Pick<Manifest, "capabilities" | "egress">,
  { catalogue = PLATFORM_CATALOGUE }: CatalogueOptions = {},
): ConsentItem[] {
  const capability = ({ name, sentence, risk, byDefault }: Capability): ConsentItem => ({
    kind: "capability",
    name,
    sentence: name === FETCH ? fetchSentence(manifest.egress) : sentence,
    risk,
    byDefault,
  });
  const asked = manifest.capabilities.flatMap((name) =>
    catalogue.capabilities.filter((item) => item.name === name),
  );
  return [
    ...asked.filter(({ byDefault }) => !byDefault).map(capability),
    ...manifest.egress.map(egressItem),
    ...catalogue.capabilities.filter(({ byDefault }) => byDefault).map(capability),
  ];
}

function fetchSentence(egress: readonly ManifestEgress[]): string {
  if (egress.length === 0) return "Call outside services (it names none, so every call will be refused)";
  return `Call these outside services: ${egress.map(describeHost).join(", ")}`;
}

function egressItem(egress: ManifestEgress): ConsentItem {
  const isNarrow = !egress.host.startsWith("*.");
  return {
    kind: "egress",
    name: egress.host,
    sentence: `Send data to and receive data from ${describeHost(egress)}: ${egress.reason}`,
    risk: isNarrow ? "medium" : "high",
    byDefault: false,
  };
}

function describeHost({ host, ports }: ManifestEgress): string {
  const where = host.startsWith("*.") ? `any host of ${host.slice(2)}` : host;
  const settings = [...host.matchAll(/\{(.+?)\}/g)].map(([, name]) => name);
  const notes = [
    ...(settings.length === 0 ? [] : [`with your setting ${settings.join(" and ")}`]),
    ...(ports === undefined ? [] : [`also port ${ports.join(", ")}`]),
  ];
  return notes.length === 0 ? where : `${where} (${notes.join("; ")})`;
}
