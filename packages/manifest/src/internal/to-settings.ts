import type { JsonValue } from "@alga-ext/protocol";
import type { SettingsSchema } from "../json-schema.ts";
import { checkSchema } from "./check-schema.ts";
import { describe } from "./describe.ts";
import type { Findings } from "./findings.ts";
import { toSettingList } from "./to-setting-list.ts";

/** A setting's key: it is a name in forms, in configuration and, without a dot, in hosts. */
const KEY = /^[A-Za-z_][A-Za-z0-9_.-]{0,127}$/;

/** Settings as a schema of type object, whichever form they were written in. */
export function toSettings(source: unknown, findings: Findings): SettingsSchema | null {
  if (source === undefined) return null;
  if (Array.isArray(source)) {
    const settings = toSettingList(source as readonly JsonValue[], findings);
    checkKeysOf(settings, { findings, isList: true });
    return settings;
  }
  const schema = source as { readonly [keyword: string]: JsonValue };
  const { type = "object", properties } = schema;
  const isComplete = typeof properties === "object" && properties !== null && !Array.isArray(properties);
  if (type !== "object" || !isComplete) {
    findings.refuse("settings_not_an_object", ["settings"]);
    return null;
  }
  if (schema["type"] === undefined) {
    findings.warn("normalized", ["settings"], 'This is read as a schema with "type": "object".');
  }
  const before = findings.refusals;
  checkSchema(source as JsonValue, { path: ["settings"], findings, isSettings: true });
  // Of a broken schema nothing can be said: its properties may be anything.
  if (findings.refusals > before) return null;
  const settings = { ...schema, type } as unknown as SettingsSchema;
  checkKeysOf(settings, { findings, isList: false });
  return settings;
}

function checkKeysOf(
  { properties }: SettingsSchema,
  { findings, isList }: { readonly findings: Findings; readonly isList: boolean },
): void {
  for (const [key, setting] of Object.entries(properties)) {
    const path = isList ? ["settings"] : ["settings", "properties", key];
    if (typeof setting !== "object") findings.refuse("bad_setting", path, { detail: "it must be an object" });
    if (KEY.test(key)) continue;
    findings.refuse("bad_setting_key", path, { value: describe(key) });
  }
}
