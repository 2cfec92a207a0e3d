import type { ConsentItem, JsonValue } from "@alga-ext/protocol";
import { consentItems } from "./consent-items.ts";
import { compareParts, type Judges } from "./internal/compare-parts.ts";
import { isEqual } from "./internal/is-equal.ts";
import { greatest, judgeSchema, type Semver } from "./internal/judge-schema.ts";
import type { SettingSchema } from "./json-schema.ts";
import type { Manifest, ManifestEgress, ManifestEndpoint } from "./manifest.ts";
import { matchesHost } from "./matches-host.ts";
import type { CatalogueOptions } from "./ports.ts";

/** What came, went and changed of one part, by name, sorted. */
export interface ManifestChanges {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** In both, but not the same. */
  readonly changed: readonly string[];
}

/** What a new version of a manifest means for those who use it. */
export interface ManifestDiff {
  /** `cap:` names. */
  readonly capabilities: ManifestChanges;
  /** Hosts. */
  readonly egress: ManifestChanges;
  /** Such as `GET /items/:id`; the name of a parameter does not matter. */
  readonly endpoints: ManifestChanges;
  /** Names of settings. */
  readonly settings: ManifestChanges;
  /** Topics. */
  readonly events: ManifestChanges;
  /** Names of schedules. */
  readonly schedules: ManifestChanges;
  /** Such as `appMenu` or `tabs/overview`. */
  readonly hooks: ManifestChanges;
  /** The least step of the version number that tells callers and administrators the truth. */
  readonly semver: Semver;
  /** Whether an administrator should look before updating: new consent, new topics, or the portal opened to clients. */
  readonly asksForMore: boolean;
  /** What nobody consented to with the old version. */
  readonly consent: readonly ConsentItem[];
}

/**
 * Compare two versions of an extension's manifest; the README has the table of judgements.
 *
 * The version numbers themselves are not compared: `semver` is `none` when nothing else differs.
 *
 * @example
 * diffManifests(installed, published).asksForMore; // whether the administrator must be asked again
 */
export function diffManifests(
  before: Manifest,
  after: Manifest,
  options: CatalogueOptions = {},
): ManifestDiff {
  const parts = compareAll(before, after);
  const { capabilities, egress, endpoints, settings, events, schedules, hooks } = parts;
  const consent = newConsent(before, after, options);
  return {
    capabilities: capabilities.changes,
    egress: egress.changes,
    endpoints: endpoints.changes,
    settings: settings.changes,
    events: events.changes,
    schedules: schedules.changes,
    hooks: hooks.changes,
    semver: greatest([...Object.values(parts).map(({ semver }) => semver), judgeRest(before, after)]),
    asksForMore:
      consent.length > 0 ||
      events.changes.added.length > 0 ||
      hooks.changes.added.includes("clientPortalMenu"),
    consent,
  };
}

function compareAll(before: Manifest, after: Manifest) {
  const both = <Item>(read: (manifest: Manifest) => Map<string, Item>) =>
    [read(before), read(after)] as const;
  const judge = (): Semver => "minor";
  const minor: Judges<unknown> = { added: judge, removed: "minor", changed: judge };
  return {
    capabilities: compareParts(
      ...both(({ capabilities }) => new Map(capabilities.map((name) => [name, name]))),
      { ...minor, removed: "patch" },
    ),
    egress: compareParts(...both(({ egress }) => new Map(egress.map((one) => [one.host, one]))), {
      ...minor,
      removed: "patch",
      changed: (was, is) => (isEqual(was.ports, is.ports) ? "patch" : "minor"),
    }),
    endpoints: compareParts(...both(endpointsByShape), {
      ...minor,
      removed: "major",
      changed: judgeEndpoint,
      nameOf: ({ method, path }) => `${method} ${path}`,
    }),
    settings: compareParts(...both(settingsByName), {
      added: ({ isNeeded }) => (isNeeded ? "major" : "minor"),
      removed: "minor",
      changed: (was, is) => {
        const need = is.isNeeded && !was.isNeeded ? "major" : "patch";
        return greatest([need, judgeSchema(was.schema, is.schema, "input")]);
      },
    }),
    events: compareParts(...both(({ events }) => Map.groupBy(events, ({ topic }) => topic)), {
      ...minor,
      changed: () => "patch",
    }),
    schedules: compareParts(
      ...both(({ schedules }) => new Map(schedules.map((one) => [one.name, one]))),
      minor,
    ),
    hooks: compareParts(...both(hooksByName), { ...minor, removed: "major", changed: () => "patch" }),
  };
}

// The first of a shape is the one that answers.
function endpointsByShape({ endpoints }: Manifest): Map<string, ManifestEndpoint> {
  const shape = ({ method, path }: ManifestEndpoint): string =>
    `${method} ${path.replaceAll(/\/:[^/]*/g, "/:")}`;
  return new Map(endpoints.map((endpoint) => [shape(endpoint), endpoint] as const).reverse());
}

function judgeEndpoint(before: ManifestEndpoint, after: ManifestEndpoint): Semver {
  const schedulable =
    before.schedulable === after.schedulable ? "patch" : after.schedulable ? "minor" : "major";
  return greatest([
    schedulable,
    judgeSchema(before.request, after.request, "input"),
    judgeSchema(before.response, after.response, "output"),
  ]);
}

interface Setting {
  readonly schema: SettingSchema;
  /** An install cannot go on before it has a value. */
  readonly isNeeded: boolean;
}

function settingsByName({ settings }: Manifest): Map<string, Setting> {
  const required = new Set(settings?.required);
  return new Map(
    Object.entries(settings?.properties ?? {}).map(([name, schema]) => [
      name,
      { schema, isNeeded: required.has(name) && schema.default === undefined },
    ]),
  );
}

function hooksByName({ ui }: Manifest): Map<string, JsonValue> {
  const found = new Map<string, JsonValue>();
  for (const [name, hook] of Object.entries(ui?.hooks ?? {})) {
    if (name !== "tabs" && name !== "panels" && name !== "modals") found.set(name, hook as JsonValue);
    else for (const view of ui?.hooks[name] ?? []) found.set(`${name}/${view.id}`, { ...view });
  }
  return found;
}

// What has no list of its own.
function judgeRest(before: Manifest, after: Manifest): Semver {
  const rules = ({ settings }: Manifest): JsonValue => {
    if (settings === null) return null;
    const { properties: _, required: __, title: ___, description: ____, ...others } = settings;
    return others;
  };
  const identity = ({ publisher, name, runtime }: Manifest): JsonValue => [publisher, name, runtime];
  const shown = (manifest: Manifest): JsonValue => [
    manifest.displayName,
    manifest.description,
    manifest.icon,
    { ...manifest.links },
    manifest.minHostVersion,
    manifest.ui?.entry ?? null,
    [...manifest.unknownCapabilities],
    manifest.endpoints.map(({ method, path }) => `${method} ${path}`),
    manifest.settings?.title ?? null,
    manifest.settings?.description ?? null,
    [...(manifest.settings?.required ?? [])].sort(),
  ];
  const hasRules =
    before.settings !== null && after.settings !== null && !isEqual(rules(before), rules(after));
  return greatest([
    isEqual(identity(before), identity(after)) && !hasRules ? "none" : "major",
    isNewer(after.minHostVersion, before.minHostVersion) ? "major" : "none",
    before.ui !== null && after.ui === null
      ? "major"
      : before.ui === null && after.ui !== null
        ? "minor"
        : "none",
    isEqual(shown(before), shown(after)) ? "none" : "patch",
  ]);
}

function isNewer(version: string | null, than: string | null): boolean {
  if (version === null || than === null) return version !== null;
  const numbers = (text: string): number[] => text.split(/[-+]/, 1).join("").split(".").map(Number);
  const [left, right] = [numbers(version), numbers(than)];
  const at = left.findIndex((number, index) => number !== right[index]);
  return at !== -1 && (left[at] ?? 0) > (right[at] ?? 0);
}

function newConsent(before: Manifest, after: Manifest, options: CatalogueOptions): ConsentItem[] {
  return consentItems(after, options).filter(({ kind, name, byDefault }) => {
    if (byDefault) return false;
    if (kind === "capability") return !before.capabilities.includes(name);
    const asked = after.egress.find(({ host }) => host === name);
    return asked !== undefined && !before.egress.some((known) => covers(known, asked));
  });
}

function covers(known: ManifestEgress, asked: ManifestEgress): boolean {
  const isHost = known.host === asked.host || matchesHost(known.host, asked.host);
  return isHost && (asked.ports ?? []).every((port) => known.ports?.includes(port) === true);
}
