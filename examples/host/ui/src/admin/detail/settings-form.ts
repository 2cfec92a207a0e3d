import type { JsonSchema, JsonSchemaObject, SettingsSchema } from "@alga-ext/manifest";
import type { JsonValue, SettingProblem } from "@alga-ext/protocol";

/** How a setting is entered. */
export type FieldKind = "text" | "multiline" | "number" | "flag" | "choice" | "secret" | "json";

/** One setting of a form. */
export interface SettingField {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** Heading it stands under; empty for none. */
  readonly category: string;
  readonly kind: FieldKind;
  readonly isRequired: boolean;
  readonly placeholder: string;
  /** Of a choice: JSON text and label. */
  readonly options: readonly { readonly value: string; readonly label: string }[];
  /** What counts while nothing is entered. */
  readonly fallback: JsonValue | undefined;
}

/** What is in a field: text, or whether a box is ticked. */
export type Draft = string | boolean;

/** The fields that a schema describes, in its order. */
export function toFields(schema: SettingsSchema): readonly SettingField[] {
  const required: readonly string[] = schema.required ?? [];
  return Object.entries(schema.properties).map(([name, property]) => {
    const rule = resolve(property, schema);
    const kind = property.secret === true ? "secret" : kindOf(rule, property.multiline === true);
    return {
      name,
      title: property.title ?? rule.title ?? name,
      description: property.description ?? rule.description ?? "",
      category: property.category ?? "",
      kind,
      isRequired: required.includes(name),
      placeholder: property.placeholder ?? "",
      options:
        kind === "choice"
          ? (rule.enum ?? []).map((value) => ({ value: JSON.stringify(value), label: toLabel(value) }))
          : [],
      fallback: property.default ?? rule.default,
    };
  });
}

function resolve(schema: JsonSchemaObject, { $defs }: SettingsSchema): JsonSchemaObject {
  const name = schema.$ref?.replace(/^#\/\$defs\//, "");
  const found: JsonSchema | undefined = name === undefined ? undefined : $defs?.[name];
  return typeof found === "object" ? found : schema;
}

function kindOf(rule: JsonSchemaObject, isMultiline: boolean): FieldKind {
  if (rule.enum !== undefined) return "choice";
  switch (rule.type) {
    case "boolean":
      return "flag";
    case "number":
    case "integer":
      return "number";
    case "string":
      return isMultiline ? "multiline" : "text";
    default:
      return "json";
  }
}

function toLabel(value: JsonValue): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** What a field shows for a stored value, or for its default. */
export function toDraft({ kind, fallback }: SettingField, stored: JsonValue | undefined): Draft {
  if (kind === "secret") return "";
  const value = stored ?? fallback;
  if (kind === "flag") return value === true;
  if (value === undefined) return "";
  if (kind === "choice") return JSON.stringify(value);
  if (typeof value === "string" && kind !== "json") return value;
  return kind === "json" ? JSON.stringify(value, null, 2) : JSON.stringify(value);
}

/** What was entered as the registry takes it, null for nothing; a problem when it cannot be read at all. */
export function fromDraft(
  { kind }: SettingField,
  draft: Draft,
): { readonly value: JsonValue | null } | { readonly problem: string } {
  if (typeof draft === "boolean") return { value: draft };
  if (kind === "secret" || kind === "text" || kind === "multiline")
    return { value: draft === "" ? null : draft };
  if (draft.trim() === "") return { value: null };
  if (kind === "number") {
    const number = Number(draft.trim());
    return Number.isFinite(number) ? { value: number } : { problem: "This is not a number." };
  }
  try {
    return { value: JSON.parse(draft) as JsonValue };
  } catch {
    return { problem: 'This is not JSON. Text stands in double quotes, such as "text" or ["a", "b"].' };
  }
}

/** Messages by the name of the setting they are about; those about none are under the empty name. */
export function problemsByName(problems: readonly SettingProblem[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { pointer, message } of problems) {
    const name = (pointer.split("/")[1] ?? "").replaceAll("~1", "/").replaceAll("~0", "~");
    found.set(name, [found.get(name), message].filter(Boolean).join(" "));
  }
  return found;
}

/** Fields under their headings, in the order of first appearance. */
export function byCategory(
  fields: readonly SettingField[],
): readonly (readonly [string, readonly SettingField[]])[] {
  return [...Map.groupBy(fields, ({ category }) => category)];
}
