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

/** Keys of what `version` asks for anew: not asked for by the installed version, and not granted already. */
export function newKeys(version: CatalogVersion | undefined, install: InstallSummary): ReadonlySet<string> {
  const granted = grantedKeys(install);
  const asked = selectable(version?.change?.consent ?? []).map(consentKey);
  return new Set(asked.filter((key) => !granted.has(key)));
}

/** What the installed version asks for and `version` does not, as the consent items of the installed one. */
export function droppedItems(
  entry: CatalogEntry,
  version: CatalogVersion | undefined,
  install: InstallSummary,
): readonly ConsentItem[] {
  const removed = version?.change?.removed;
  return consentOf(entry, install.version).filter(({ kind, name }) =>
    (kind === "capability" ? removed?.capabilities : removed?.egress)?.includes(name),
  );
}

/** The power without which hosts mean nothing. */
const FETCH_KEY = "capability:cap:http.fetch";

/** One row of the consent list, with the hosts that stand below it. */
export interface ConsentGroup {
  readonly item: ConsentItem;
  readonly hosts: readonly ConsentItem[];
}

/** Selectable items as rows; hosts stand below the power to call them, when that is among the items. */
export function toGroups(items: readonly ConsentItem[]): readonly ConsentGroup[] {
  const asked = selectable(items);
  const hosts = asked.filter(({ kind }) => kind === "egress");
  const isNested = asked.some((item) => consentKey(item) === FETCH_KEY);
  return asked
    .filter(({ kind }) => kind === "capability" || !isNested)
    .map((item) => ({ item, hosts: consentKey(item) === FETCH_KEY ? hosts : [] }));
}

/** The choice after one box was changed: hosts go and come with the power to call them. */
export function toggle(
  chosen: ReadonlySet<string>,
  { item, hosts }: ConsentGroup,
  isChosen: boolean,
): ReadonlySet<string> {
  const next = new Set(chosen);
  for (const key of [item, ...hosts].map(consentKey)) {
    if (isChosen) next.add(key);
    else next.delete(key);
  }
  return next;
}

/** A choice without what has no effect: what is not asked for, and hosts that nothing may call. */
export function usable(items: readonly ConsentItem[], chosen: ReadonlySet<string>): ReadonlySet<string> {
  const kept = new Set<string>();
  for (const { item, hosts } of toGroups(items)) {
    if (!chosen.has(consentKey(item))) continue;
    kept.add(consentKey(item));
    for (const host of hosts) if (chosen.has(consentKey(host))) kept.add(consentKey(host));
  }
  return kept;
}
