import type { JsonValue } from "@alga-ext/protocol";
import type { JsonSchema } from "../json-schema.ts";

type Node = { readonly [keyword: string]: JsonValue };
const PREFIX = "#/$defs/";

/**
 * A schema as it stands inside a larger document: its definitions move to the document, under names of their own, and
 * its references follow. Everything else is passed through.
 */
export function hoistDefinitions(
  schema: JsonSchema,
  place: { readonly name: string; readonly base: string; readonly definitions: Map<string, JsonValue> },
): JsonValue {
  const rewrite = (node: JsonValue): JsonValue => {
    if (typeof node !== "object" || node === null || Array.isArray(node)) return node;
    const { $defs: _, $schema: __, ...rest } = node as Node;
    return Object.fromEntries(
      Object.entries(rest).map(([keyword, value]) => [keyword, inside(keyword, value)]),
    );
  };
  const inside = (keyword: string, value: JsonValue): JsonValue => {
    if (keyword === "$ref" && typeof value === "string" && value.startsWith(PREFIX)) {
      return `${place.base}${place.name}.${value.slice(PREFIX.length)}`;
    }
    if (["items", "additionalProperties"].includes(keyword)) return rewrite(value);
    if (["allOf", "anyOf", "oneOf", "prefixItems"].includes(keyword)) {
      return (value as readonly JsonValue[]).map(rewrite);
    }
    if (keyword !== "properties") return value;
    return Object.fromEntries(Object.entries(value as Node).map(([key, member]) => [key, rewrite(member)]));
  };
  if (typeof schema === "object") {
    for (const [name, definition] of Object.entries(schema.$defs ?? {})) {
      place.definitions.set(`${place.name}.${name}`, rewrite(definition));
    }
  }
  return rewrite(schema);
}
