import type { CatalogEntry, CatalogVersion, ConsentItem, Grants, InstallSummary } from "@alga-ext/protocol";

/** Identity of a consent item within one extension. */
export function consentKey({ kind, name }: ConsentItem): string {
  return `${kind}:${name}`;
}

/** What an administrator may decide about; the rest is granted to every extension. */
export function selectable(items: readonly ConsentItem[]): readonly ConsentItem[] {
  return items.filter(({ byDefault }) => !byDefault);
}

/** The chosen items in the form the registry takes. */
export function toGrants(items: readonly ConsentItem[], chosen: ReadonlySet<string>): Grants {
  const kept = selectable(items).filter((item) => chosen.has(consentKey(item)));
  const names = (kind: ConsentItem["kind"]): string[] =>
    kept.filter((item) => item.kind === kind).map(({ name }) => name);
  return { capabilities: names("capability"), egress: names("egress") };
}

/** Keys of the items an install already has. */
export function grantedKeys(install: InstallSummary): ReadonlySet<string> {
  return new Set([
    ...install.grantedCapabilities.map((name) => `capability:${name}`),
    ...install.grantedEgress.map((name) => `egress:${name}`),
  ]);
}

/** Versions newer than the installed one, newest first. */
export function newerVersions(entry: CatalogEntry, install: InstallSummary): readonly CatalogVersion[] {
  const at = entry.versions.findIndex(({ version }) => version === install.version);
  return at === -1 ? entry.versions : entry.versions.slice(0, at);
}

/** The consent list of one version of an extension. */
export function consentOf(entry: CatalogEntry, version: string): readonly ConsentItem[] {
  return entry.versions.find((one) => one.version === version)?.consent ?? [];
}

/** What `to` asks for that `from` did not, and that is not granted yet. */
export function newlyRequested(
  from: readonly ConsentItem[],
  to: readonly ConsentItem[],
  install: InstallSummary,
): readonly ConsentItem[] {
  const known = new Set([...from.map(consentKey), ...grantedKeys(install)]);
  return selectable(to).filter((item) => !known.has(consentKey(item)));
}
