import {
  ManifestError,
  resolveEgress,
  validateAgainst,
  type JsonSchema,
  type Manifest,
  type SettingsSchema,
} from "@alga-ext/manifest";
import type { JsonValue, SettingProblem } from "@alga-ext/protocol";

/** Values by name. */
export type SettingValues = Readonly<Record<string, JsonValue>>;

/** What {@link fitSettings} found. */
export interface FittedSettings {
  /** What the extension gets: values that fit, defaults filled in, nothing secret. */
  readonly config: SettingValues;
  /** One entry for each place at which something is missing or does not fit. */
  readonly problems: readonly SettingProblem[];
}

/** What extensions may be given that describe no settings: names and text. */
const FREE_FORM: SettingsSchema = {
  type: "object",
  properties: {},
  additionalProperties: { type: "string", maxLength: 16_384 },
  maxProperties: 100,
};

/** The schema that a manifest's settings are judged by. */
export function settingsSchema({ settings }: Pick<Manifest, "settings">): SettingsSchema {
  return settings ?? FREE_FORM;
}

/** Whether a setting is stored encrypted. */
export function isSecretSetting(schema: SettingsSchema, name: string): boolean {
  return Object.hasOwn(schema.properties, name) && schema.properties[name]?.secret === true;
}

/** Everything wrong with one value, by the schema of its name alone. */
export function judgeSetting(
  schema: SettingsSchema,
  name: string,
  value: JsonValue,
): readonly SettingProblem[] {
  const rule = ruleOf(schema, name);
  if (rule === undefined) {
    const message = "The installed version has no such setting.";
    return [{ code: "unknown_key", pointer: pointerTo(name), message }];
  }
  const alone: JsonSchema = {
    type: "object",
    ...(schema.$defs === undefined ? {} : { $defs: schema.$defs }),
    // A computed key, so that a setting called __proto__ is one.
    properties: Object.fromEntries([[name, rule]]),
  };
  return validateAgainst(alone, Object.fromEntries([[name, value]]));
}

/**
 * Sort out which settings fit a version: each is judged by itself first, so that one that does not fit takes no other
 * one with it, then all that is left together.
 */
export function fitSettings(
  manifest: Pick<Manifest, "settings" | "egress">,
  values: SettingValues,
  secretNames: readonly string[],
): FittedSettings {
  const schema = settingsSchema(manifest);
  const problems: SettingProblem[] = [];
  const fitting = new Map<string, JsonValue>();
  for (const [name, { secret, default: fallback }] of Object.entries(schema.properties)) {
    if (secret !== true && fallback !== undefined) fitting.set(name, fallback);
  }
  for (const [name, value] of Object.entries(values)) {
    const found = isSecretSetting(schema, name)
      ? [{ code: "now_secret", pointer: pointerTo(name), message: "This is a secret now: enter it again." }]
      : [...judgeSetting(schema, name, value), ...judgeHosts(manifest, name, value)];
    if (found.length === 0) fitting.set(name, value);
    problems.push(...found);
  }
  const config = Object.fromEntries(fitting);
  // What was left out because it does not fit is not missing as well.
  const together = judgeTogether(schema, { config, secretNames }).filter(
    ({ code, pointer }) => code !== "missing" || !problems.some((one) => isWithin(one.pointer, pointer)),
  );
  return { config, problems: [...problems, ...together] };
}

function ruleOf(schema: SettingsSchema, name: string): JsonSchema | undefined {
  if (Object.hasOwn(schema.properties, name)) return schema.properties[name];
  // JSON Schema lets through what it does not mention; a setting nobody mentions is a mistake.
  return schema.additionalProperties === false ? undefined : schema.additionalProperties;
}

// A value in a host name is a label, or the host stays closed.
function judgeHosts(
  { egress, settings }: Pick<Manifest, "settings" | "egress">,
  name: string,
  value: JsonValue,
): SettingProblem[] {
  const hosts = egress.filter(({ host }) => host.includes(`{${name}}`));
  if (hosts.length === 0 || value === "") return [];
  try {
    resolveEgress({ egress: hosts, settings }, Object.fromEntries([[name, value]]));
    return [];
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    return [{ code: "not_a_host_label", pointer: pointerTo(name), message: error.message }];
  }
}

function judgeTogether(
  schema: SettingsSchema,
  { config, secretNames }: { readonly config: SettingValues; readonly secretNames: readonly string[] },
): SettingProblem[] {
  const isSecret = (name: string): boolean => isSecretSetting(schema, name);
  const { properties, required = [], ...rest } = schema;
  const open = {
    ...rest,
    properties: Object.fromEntries(Object.entries(properties).filter(([name]) => !isSecret(name))),
    required: required.filter((name) => !isSecret(name)),
  };
  const missing = required.filter((name) => isSecret(name) && !secretNames.includes(name));
  return [
    ...validateAgainst(open, config),
    ...missing.map((name) => ({
      code: "missing",
      pointer: pointerTo(name),
      message: "This secret must be entered.",
    })),
  ];
}

/** Whether a JSON pointer leads to a place or into it. */
export function isWithin(pointer: string, place: string): boolean {
  return pointer === place || pointer.startsWith(`${place}/`);
}

/** JSON pointer to a setting. */
export function pointerTo(name: string): string {
  return `/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}
