import type { JsonValue } from "@alga-ext/protocol";
import type { JsonSchema, JsonSchemaObject } from "../json-schema.ts";
import { isEqual } from "./is-equal.ts";

/** How much a change breaks, from nothing to everything. */
export type Semver = "none" | "patch" | "minor" | "major";
const ORDER: readonly Semver[] = ["none", "patch", "minor", "major"];

/** The greater of some judgements. */
export function greatest(judgements: readonly Semver[]): Semver {
  return ORDER[Math.max(0, ...judgements.map((one) => ORDER.indexOf(one)))] ?? "none";
}

const NOTES = new Set([
  "title",
  "description",
  "examples",
  "default",
  "deprecated",
  "readOnly",
  "writeOnly",
  "$comment",
  "$schema",
  "category",
  "placeholder",
  "multiline",
]);

/**
 * Judge a change of the schema of what callers send (`input`) or get (`output`).
 *
 * Sees through objects member by member; anything else that restricts values counts as breaking when it changes,
 * because whether it does cannot be told in general.
 */
export function judgeSchema(
  before: JsonSchema | undefined,
  after: JsonSchema | undefined,
  direction: "input" | "output",
): Semver {
  if (isEqual(before, after)) return "none";
  if (before === undefined || after === undefined) {
    // A first description of the input forbids; one of the output promises.
    const isStricter = after !== undefined;
    return isStricter === (direction === "input") ? "major" : "minor";
  }
  if (isEqual(essence(before), essence(after))) return "patch";
  if (!isPlainObject(before) || !isPlainObject(after)) return "major";
  const rest = (schema: JsonSchemaObject): JsonValue => {
    const { properties: _, required: __, ...others } = schema;
    return essence(others);
  };
  if (!isEqual(rest(before), rest(after))) return "major";
  return greatest(memberChanges(before, after, direction));
}

function memberChanges(
  before: JsonSchemaObject,
  after: JsonSchemaObject,
  direction: "input" | "output",
): Semver[] {
  const [old, now] = [before.properties ?? {}, after.properties ?? {}];
  const [oldRequired, nowRequired] = [new Set(before.required), new Set(after.required)];
  const isInput = direction === "input";
  const found: Semver[] = [];
  for (const key of new Set([...Object.keys(old), ...Object.keys(now), ...oldRequired, ...nowRequired])) {
    const [was, is] = [own(old, key), own(now, key)];
    if (was !== undefined && is !== undefined) found.push(judgeSchema(was, is, direction));
    else if (was !== undefined) found.push("major");
    else if (is !== undefined) found.push("minor");
    if (oldRequired.has(key) !== nowRequired.has(key)) {
      found.push(nowRequired.has(key) === isInput ? "major" : "minor");
    }
  }
  return found;
}

const own = (map: { readonly [key: string]: JsonSchema }, key: string): JsonSchema | undefined =>
  Object.hasOwn(map, key) ? map[key] : undefined;

const isPlainObject = (schema: JsonSchema): schema is JsonSchemaObject =>
  typeof schema === "object" && schema.type === "object" && schema.$ref === undefined;

/** A schema without what is only said to people. */
function essence(schema: JsonSchema): JsonValue {
  return strip(schema, true);
}

// Below `properties` and `$defs` keys are names; in `enum` and `const` they are values.
function strip(node: JsonValue, isSchema: boolean): JsonValue {
  if (typeof node !== "object" || node === null) return node;
  if (Array.isArray(node)) return node.map((item: JsonValue) => strip(item, isSchema));
  const entries = Object.entries(node)
    .filter(([key]) => !isSchema || !NOTES.has(key))
    .map(([key, value]): [string, JsonValue] => {
      if (isSchema && (key === "enum" || key === "const")) return [key, value];
      return [key, strip(value, !isSchema || (key !== "properties" && key !== "$defs"))];
    });
  return Object.fromEntries(entries);
}
