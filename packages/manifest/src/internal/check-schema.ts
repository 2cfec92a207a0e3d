import type { JsonValue } from "@alga-ext/protocol";
import { KNOWN_KEYS } from "../keys.generated.ts";
import type { ManifestProblemCode } from "../problems.ts";
import { checkPattern } from "./check-pattern.ts";
import { describe } from "./describe.ts";
import { FORMATS } from "./formats.ts";
import type { Findings, ProblemWords } from "./findings.ts";
import { findSchemaLoop } from "./find-schema-loop.ts";
import { KEYWORDS, UNSUPPORTED } from "./schema-keywords.ts";
import { suggest } from "./suggest.ts";
import type { JsonPath } from "./to-pointer.ts";

const MAX_DEPTH = 16;
const MAX_PARTS = 1000;
/** The same for all schemas of a manifest. */
const MAX_TOTAL = 20_000;
/** Checking a pattern costs more than checking a keyword. */
const PATTERN_PARTS = 20;
const REFERENCE = /^#\/\$defs\/([A-Za-z0-9._-]{1,100})$/;

type SchemaNode = { readonly [keyword: string]: JsonValue };

/**
 * Refuse what an extension's schema must not contain: it is hostile until checked.
 *
 * Afterwards `validateAgainst` and every consumer can rely on its size, its depth, its references staying inside and
 * its patterns being harmless.
 */
export function checkSchema(
  schema: JsonValue,
  at: { readonly path: JsonPath; readonly findings: Findings; readonly isSettings?: boolean },
): void {
  const { findings, isSettings = false } = at;
  const rootDepth = at.path.length;
  const definitions =
    isNode(schema) && isNode(schema["$defs"] ?? null) ? (schema["$defs"] as SchemaNode) : {};
  let parts = 0;
  const spend = (amount: number): boolean => {
    parts += amount;
    findings.schemaParts += amount;
    if (parts <= MAX_PARTS && findings.schemaParts <= MAX_TOTAL) return true;
    findings.refuse("schema_too_big", at.path, { limit: "1,000" });
    return false;
  };

  const visit = (node: JsonValue, path: JsonPath, depth: number): void => {
    if (!spend(1)) return;
    if (typeof node === "boolean") return;
    if (depth > MAX_DEPTH) return findings.refuse("schema_too_deep", path, { limit: MAX_DEPTH });
    if (!isNode(node)) {
      return findings.refuse("schema_not_a_schema", path, { detail: "it must be an object, true or false" });
    }
    for (const [keyword, value] of Object.entries(node)) visitKeyword(node, { keyword, value, path, depth });
  };

  const visitKeyword = (
    node: SchemaNode,
    here: {
      readonly keyword: string;
      readonly value: JsonValue;
      readonly path: JsonPath;
      readonly depth: number;
    },
  ): void => {
    const { keyword, value, path, depth } = here;
    const place = [...path, keyword];
    const refuse = (code: ManifestProblemCode, words: ProblemWords): void =>
      findings.refuse(code, place, words);
    if (UNSUPPORTED.has(keyword) || (keyword === "$defs" && depth > 0)) {
      const meant = keyword === "definitions" ? "$defs" : suggest(keyword, KNOWN_KEYS.jsonSchema);
      return findings.refuse("schema_keyword", place, { value: describe(keyword) }, meant);
    }
    const kind = KEYWORDS.get(keyword);
    if (kind === undefined) return warnUnknown(keyword, place);
    if (!kind.holds(value))
      return refuse("schema_not_a_schema", { detail: `${describe(keyword)} must be ${kind.words}` });
    const text = typeof value === "string" ? value : "";
    if (kind.inside === "one") visit(value, place, depth + 1);
    else if (kind.inside === "many") {
      for (const [key, item] of Object.entries(value as SchemaNode)) {
        visit(item, [...place, Array.isArray(value) ? Number(key) : key], depth + 1);
      }
    } else if (keyword === "enum") spend((value as readonly JsonValue[]).length);
    else if (keyword === "$ref") {
      const name = REFERENCE.exec(text)?.[1];
      if (name === undefined || !Object.hasOwn(definitions, name)) {
        refuse("schema_reference", { value: describe(value) });
      }
    } else if (keyword === "pattern") {
      if (!spend(PATTERN_PARTS)) return;
      const detail = checkPattern(text);
      if (detail !== null) refuse("schema_pattern", { value: describe(value), detail });
    } else if (keyword === "format" && !Object.hasOwn(FORMATS, text)) {
      findings.warn("unchecked_format", place, `Nothing checks the format ${describe(value)}.`);
    } else if (keyword === "secret" && value === true) checkSecret(node, path);
  };

  const warnUnknown = (keyword: string, place: JsonPath): void => {
    if (findings.isFull || keyword.startsWith("x-") || keyword === "$schema") return;
    const meant = suggest(keyword, KNOWN_KEYS.jsonSchema);
    const hint = meant === null ? "" : ` Did you mean "${meant}"?`;
    findings.warn(
      "unknown_key",
      place,
      `${describe(keyword)} is not a keyword of JSON Schema, so it has no effect.${hint}`,
      meant,
    );
  };

  const checkSecret = (node: SchemaNode, path: JsonPath): void => {
    const isTop = isSettings && path.length === rootDepth + 2 && path[rootDepth] === "properties";
    if (!isTop || node["type"] !== "string") findings.refuse("secret_misplaced", [...path, "secret"]);
    for (const keyword of ["default", "const", "enum", "examples"]) {
      if (Object.hasOwn(node, keyword)) {
        findings.refuse("secret_in_public", [...path, keyword], { value: `"${keyword}"` });
      }
    }
  };

  const before = findings.refusals;
  visit(schema, at.path, 0);
  const loop = findings.refusals > before ? null : findSchemaLoop(schema, definitions);
  if (loop !== null) findings.refuse("schema_loop", [...at.path, "$defs", loop], { value: describe(loop) });
}

function isNode(value: JsonValue): value is SchemaNode {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
