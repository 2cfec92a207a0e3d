import type { JsonValue } from "@alga-ext/protocol";

/** What the value of a keyword must be. */
export interface Keyword {
  readonly holds: (value: JsonValue) => boolean;
  /** The same in words, after "must be". */
  readonly words: string;
  /** Whether the value is a schema, or a list or map of them. */
  readonly inside?: "one" | "many";
}

const TYPES = new Set<JsonValue>(["object", "array", "string", "number", "integer", "boolean", "null"]);
const isList = (value: JsonValue): value is readonly JsonValue[] => Array.isArray(value);
const isMap = (value: JsonValue): boolean => typeof value === "object" && value !== null && !isList(value);
const isShortList = (value: JsonValue): boolean => isList(value) && value.length > 0 && value.length <= 500;

const TEXT: Keyword = { holds: (value) => typeof value === "string", words: "text" };
const FLAG: Keyword = { holds: (value) => typeof value === "boolean", words: "true or false" };
const NUMBER: Keyword = { holds: (value) => typeof value === "number", words: "a number" };
const COUNT: Keyword = {
  holds: (value) => Number.isSafeInteger(value) && Number(value) >= 0,
  words: "a whole number from 0",
};
const ANY: Keyword = { holds: () => true, words: "anything" };
const SCHEMA: Keyword = { holds: () => true, words: "a schema", inside: "one" };
const SCHEMA_MAP: Keyword = { holds: isMap, words: "an object of schemas", inside: "many" };
const SCHEMA_LIST: Keyword = { holds: isShortList, words: "a list of 1 to 500 schemas", inside: "many" };

/** Every keyword that means something, with what its value must be. */
export const KEYWORDS: ReadonlyMap<string, Keyword> = new Map([
  ...["title", "description", "format", "pattern", "$ref", "$comment", "category", "placeholder"].map(
    (name) => [name, TEXT] as const,
  ),
  ...["uniqueItems", "deprecated", "readOnly", "writeOnly", "secret", "multiline"].map(
    (name) => [name, FLAG] as const,
  ),
  ...["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"].map((name) => [name, NUMBER] as const),
  ...["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"].map(
    (name) => [name, COUNT] as const,
  ),
  ...["default", "const"].map((name) => [name, ANY] as const),
  ...["items", "additionalProperties"].map((name) => [name, SCHEMA] as const),
  ...["properties", "$defs"].map((name) => [name, SCHEMA_MAP] as const),
  ...["allOf", "anyOf", "oneOf", "prefixItems"].map((name) => [name, SCHEMA_LIST] as const),
  [
    "multipleOf",
    { holds: (value) => typeof value === "number" && value > 0, words: "a number greater than 0" },
  ],
  ["enum", { holds: isShortList, words: "a list of 1 to 500 values" }],
  ["examples", { holds: isList, words: "a list" }],
  [
    "required",
    {
      holds: (value) => isList(value) && value.every((item) => typeof item === "string"),
      words: "a list of keys",
    },
  ],
  [
    "type",
    {
      holds: (value) =>
        isList(value)
          ? value.length > 0 && new Set(value).size === value.length && value.every((item) => TYPES.has(item))
          : TYPES.has(value),
      words: "object, array, string, number, integer, boolean or null, or a list of these",
    },
  ],
]);

/** Keywords of JSON Schema that restrict values but are left out of the subset: ignoring them would promise a check. */
export const UNSUPPORTED: ReadonlySet<string> = new Set([
  "if",
  "then",
  "else",
  "not",
  "contains",
  "minContains",
  "maxContains",
  "patternProperties",
  "propertyNames",
  "dependentRequired",
  "dependentSchemas",
  "dependencies",
  "unevaluatedProperties",
  "unevaluatedItems",
  "additionalItems",
  "definitions",
  "$id",
  "$anchor",
  "$dynamicAnchor",
  "$dynamicRef",
  "$recursiveRef",
  "$recursiveAnchor",
  "$vocabulary",
]);
