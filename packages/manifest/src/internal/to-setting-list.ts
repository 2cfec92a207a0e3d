import type { JsonValue } from "@alga-ext/protocol";
import type { JsonSchemaObject, SettingSchema, SettingsSchema } from "../json-schema.ts";
import { checkKeys } from "./check-keys.ts";
import { describe } from "./describe.ts";
import type { Findings } from "./findings.ts";
import { suggest } from "./suggest.ts";
import type { JsonPath } from "./to-pointer.ts";

type Entry = { readonly [key: string]: JsonValue };
const TYPES = ["string", "text", "number", "boolean", "select", "multiselect"];

/** Settings of the old list form as a schema. */
export function toSettingList(list: readonly JsonValue[], findings: Findings): SettingsSchema {
  findings.warn(
    "settings_list",
    ["settings"],
    "This old list is read as a JSON Schema. Write settings as a schema.",
  );
  const properties = new Map<string, SettingSchema>();
  const required: string[] = [];
  list.forEach((item, index) => {
    const path = ["settings", index];
    const refuse = (detail: string): void => findings.refuse("bad_setting", path, { detail });
    if (typeof item !== "object" || item === null || Array.isArray(item))
      return refuse("it must be an object");
    const entry = item as Entry;
    checkKeys(entry, { scope: "settingsEntry", path }, findings);
    const { key, type = "string" } = entry;
    if (typeof key !== "string") return refuse('"key" must be text');
    if (typeof type !== "string" || !TYPES.includes(type)) {
      const meant = typeof type === "string" ? suggest(type, TYPES) : null;
      return findings.refuse(
        "bad_setting",
        path,
        { detail: `"type" must be one of ${TYPES.join(", ")}` },
        meant,
      );
    }
    if (properties.has(key)) return findings.refuse("duplicate_setting", path, { value: describe(key) });
    properties.set(key, toSetting(entry, { type, path, findings }));
    if (entry["required"] === true) required.push(key);
  });
  return {
    type: "object",
    properties: Object.fromEntries(properties),
    ...(required.length === 0 ? {} : { required }),
  };
}

function toSetting(
  entry: Entry,
  { type, path, findings }: { readonly type: string; readonly path: JsonPath; readonly findings: Findings },
): SettingSchema {
  const isSecret = entry["encrypted"] === true && (type === "string" || type === "text");
  const lost = (key: string, why: string): void => findings.warn("setting_changed", [...path, key], why);
  if (entry["encrypted"] === true && !isSecret)
    lost("encrypted", "Only text can be secret; this setting is not.");
  const initial = entry["default"] ?? entry["defaultValue"];
  const key = entry["default"] === undefined ? "defaultValue" : "default";
  if (initial !== undefined && isSecret)
    lost(key, "A secret has no default: everybody can read the manifest.");
  const text = (from: string, to: string): JsonSchemaObject => {
    const value = entry[from];
    return typeof value === "string" && value !== "" ? { [to]: value } : {};
  };
  return {
    ...toValues(entry, { type, path, findings }),
    ...text("label", "title"),
    ...text("description", "description"),
    ...text("category", "category"),
    ...text("placeholder", "placeholder"),
    ...(isSecret ? { secret: true } : {}),
    ...(initial === undefined || isSecret ? {} : { default: initial }),
  };
}

// Which values the setting takes.
function toValues(
  entry: Entry,
  { type, path, findings }: { readonly type: string; readonly path: JsonPath; readonly findings: Findings },
): JsonSchemaObject {
  const bounds = (lower: string, upper: string): JsonSchemaObject => ({
    ...(typeof entry["min"] === "number" ? { [lower]: entry["min"] } : {}),
    ...(typeof entry["max"] === "number" ? { [upper]: entry["max"] } : {}),
  });
  if (type === "boolean") return { type };
  if (type === "number") return { type, ...bounds("minimum", "maximum") };
  if (type === "string") return { type, ...bounds("minLength", "maxLength") };
  if (type === "text") return { type: "string", multiline: true, ...bounds("minLength", "maxLength") };
  const { options } = entry;
  const choices = (Array.isArray(options) ? (options as readonly JsonValue[]) : []).flatMap(toChoice);
  if (choices.length === 0 || choices.length > 500) {
    findings.refuse("bad_setting", path, {
      detail: `a ${type} needs 1 to 500 "options" with label and value`,
    });
  }
  if (type === "select") return { oneOf: choices };
  return { type: "array", items: { oneOf: choices }, uniqueItems: true, ...bounds("minItems", "maxItems") };
}

function toChoice(option: JsonValue): JsonSchemaObject[] {
  const { value = null, label } = (
    typeof option === "object" && option !== null && !Array.isArray(option) ? option : { value: option }
  ) as Entry;
  if (typeof value === "object") return [];
  return [{ const: value, title: typeof label === "string" ? label : String(value) }];
}
