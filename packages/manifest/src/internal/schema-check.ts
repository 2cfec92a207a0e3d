import type { JsonValue } from "@alga-ext/protocol";
import type { JsonSchema, JsonSchemaObject, JsonType } from "../json-schema.ts";
import type { SchemaError, SchemaErrorCode } from "../schema-error.ts";
import { describe, describeExpected, describeType } from "./describe.ts";
import { FORMATS } from "./formats.ts";
import { isEqual } from "./is-equal.ts";
import { compilePattern, type PatternMatcher } from "./match-pattern.ts";
import { PatternError } from "./parse-pattern.ts";
import { toPointer } from "./to-pointer.ts";

const MAX_DEPTH = 64;
/** Schemas within each other at one moment: far more than a checked schema and a value can need. */
const MAX_CALLS = 1000;
const PATTERNS = new WeakMap<object, PatternMatcher>();
const NO_MATCH = "This fits none of the forms that are allowed.";

/** Why a value could not be checked to the end: it, or the schema, is beyond what is allowed. */
export class GiveUp extends Error {
  readonly code: SchemaErrorCode;
  constructor(code: SchemaErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** One run of a value through a schema; nothing of the schema is trusted. */
export class SchemaCheck {
  readonly errors: SchemaError[] = [];
  readonly #definitions: { readonly [name: string]: JsonSchema };
  readonly #limits: { readonly maxErrors: number; readonly maxSteps: number };
  readonly #path: (string | number)[] = [];
  #steps = 0;
  #calls = 0;
  /** Inside anyOf and oneOf only the answer counts, not the reasons. */
  #quiet = 0;

  constructor(root: JsonSchema, limits: { readonly maxErrors: number; readonly maxSteps: number }) {
    this.#definitions = typeof root === "object" ? (root.$defs ?? {}) : {};
    this.#limits = limits;
  }

  /** Whether the value fits; reasons are added to `errors`. */
  fits(schema: JsonSchema, value: unknown): boolean {
    this.#spend(1);
    if (schema === true) return true;
    if (schema === false) return this.#fail("not_allowed", "Nothing is allowed here.");
    if (this.#path.length > MAX_DEPTH) {
      throw new GiveUp("too_deep", `This value is nested deeper than ${MAX_DEPTH} levels.`);
    }
    if (++this.#calls > MAX_CALLS) throw new GiveUp("too_complex", "This value takes too long to check.");
    // Every rule gives its reasons, unless they no longer count.
    let isValid = this.#fitsType(schema, value);
    if (isValid || !this.#isDone()) isValid = this.#fitsValues(schema, value) && isValid;
    if (isValid || !this.#isDone()) isValid = this.#fitsContent(schema, value) && isValid;
    if (isValid || !this.#isDone()) isValid = this.#fitsCombined(schema, value) && isValid;
    this.#calls--;
    return isValid;
  }

  #fitsType({ type }: JsonSchemaObject, value: unknown): boolean {
    if (type === undefined) {
      if (isJson(value)) return true;
      return this.#fail("wrong_type", `This is ${describeType(value)}, which JSON cannot hold.`);
    }
    const types: readonly JsonType[] = typeof type === "string" ? [type] : type;
    if (types.some((one) => hasType(value, one))) return true;
    return this.#fail(
      "wrong_type",
      `This must be ${describeExpected(type)}, but it is ${describeType(value)}.`,
    );
  }

  #fitsValues(schema: JsonSchemaObject, value: unknown): boolean {
    const { enum: values } = schema;
    if (values !== undefined && !this.#isAmong(values, value)) {
      const shown = values.slice(0, 10).map(show).join(", ");
      return this.#fail("not_allowed", `This must be one of ${shown}${values.length > 10 ? ", …" : ""}.`);
    }
    const only = Object.hasOwn(schema, "const") ? [schema["const"] ?? null] : null;
    if (only === null || this.#isAmong(only, value)) return true;
    return this.#fail("not_allowed", `This must be ${only.map(show).join("")}.`);
  }

  #isAmong(list: readonly JsonValue[], value: unknown): boolean {
    this.#spend(list.length);
    return list.some((one) => isEqual(one, value as JsonValue));
  }

  #fitsContent(schema: JsonSchemaObject, value: unknown): boolean {
    if (typeof value === "string") return this.#fitsText(schema, value);
    if (typeof value === "number") return this.#fitsNumber(schema, value);
    if (Array.isArray(value)) return this.#fitsList(schema, value as readonly unknown[]);
    if (typeof value === "object" && value !== null) return this.#fitsObject(schema, value as Members);
    return true;
  }

  #fitsText(schema: JsonSchemaObject, text: string): boolean {
    const { minLength = 0, maxLength = Infinity, pattern, format } = schema;
    let isValid = true;
    if (minLength > 0 || maxLength !== Infinity) {
      // Code points are counted only where code units leave it open.
      const isOpen = text.length < 2 * minLength || (text.length > maxLength && text.length <= 2 * maxLength);
      if (isOpen) this.#spend(text.length >> 4);
      const length = isOpen ? Array.from(text).length : text.length > maxLength ? Infinity : minLength;
      if (length < minLength)
        isValid = this.#fail("too_short", `This needs at least ${minLength} characters.`);
      if (length > maxLength)
        isValid = this.#fail("too_long", `This may have at most ${maxLength} characters.`);
    }
    if (pattern !== undefined && !this.#matches(schema, pattern, text)) {
      isValid = this.#fail("pattern", `This does not have the form ${describe(pattern)}.`);
    }
    if (format !== undefined && Object.hasOwn(FORMATS, format)) {
      if (FORMATS[format]?.(text) === false) isValid = this.#fail("format", `This is not a valid ${format}.`);
    }
    return isValid;
  }

  #matches(schema: JsonSchemaObject, pattern: string, text: string): boolean {
    let matcher = PATTERNS.get(schema);
    if (matcher === undefined) {
      try {
        matcher = compilePattern(pattern);
      } catch (error) {
        if (!(error instanceof PatternError)) throw error;
        throw new GiveUp("bad_schema", `The schema's pattern ${describe(pattern)} ${error.message}.`);
      }
      this.#spend(matcher.size);
      PATTERNS.set(schema, matcher);
    }
    return matcher.matches(text, (steps) => this.#spend(steps));
  }

  #fitsNumber(schema: JsonSchemaObject, value: number): boolean {
    const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
    let isValid = true;
    if (minimum !== undefined && value < minimum)
      isValid = this.#fail("too_small", `This must be at least ${minimum}.`);
    if (maximum !== undefined && value > maximum)
      isValid = this.#fail("too_big", `This may be at most ${maximum}.`);
    if (exclusiveMinimum !== undefined && value <= exclusiveMinimum) {
      isValid = this.#fail("too_small", `This must be more than ${exclusiveMinimum}.`);
    }
    if (exclusiveMaximum !== undefined && value >= exclusiveMaximum) {
      isValid = this.#fail("too_big", `This must be less than ${exclusiveMaximum}.`);
    }
    if (multipleOf !== undefined && !Number.isInteger(value / multipleOf)) {
      isValid = this.#fail("not_a_multiple", `This must be a multiple of ${multipleOf}.`);
    }
    return isValid;
  }

  #fitsList(schema: JsonSchemaObject, list: readonly unknown[]): boolean {
    const { minItems = 0, maxItems = Infinity, uniqueItems, prefixItems = [], items } = schema;
    let isValid = true;
    if (list.length < minItems) isValid = this.#fail("too_few", `This needs at least ${minItems} items.`);
    if (list.length > maxItems) isValid = this.#fail("too_many", `This may have at most ${maxItems} items.`);
    if (uniqueItems === true && new Set(list.map((item) => this.#canonical(item))).size < list.length) {
      isValid = this.#fail("not_unique", "This has the same item twice.");
    }
    for (let index = 0; index < list.length; index++) {
      const node = prefixItems[index] ?? items;
      if (node === undefined) break;
      if (!this.#fitsInside(index, node, list[index])) isValid = false;
      if (!isValid && this.#isDone()) return false;
    }
    return isValid;
  }

  #fitsObject(schema: JsonSchemaObject, members: Members): boolean {
    const { required = [], properties = {}, additionalProperties } = schema;
    const { minProperties = 0, maxProperties = Infinity } = schema;
    const keys = Object.keys(members);
    this.#spend(required.length + keys.length);
    let isValid = true;
    if (keys.length < minProperties)
      isValid = this.#fail("too_few", `This needs at least ${minProperties} members.`);
    if (keys.length > maxProperties)
      isValid = this.#fail("too_many", `This may have at most ${maxProperties} members.`);
    for (const key of required) {
      if (!Object.hasOwn(members, key)) isValid = this.#fail("missing", `${describe(key)} is missing.`, key);
    }
    for (const key of keys) {
      if (!isValid && this.#isDone()) return false;
      const node = Object.hasOwn(properties, key) ? properties[key] : additionalProperties;
      if (node === undefined) continue;
      if (node === false && !Object.hasOwn(properties, key)) {
        isValid = this.#fail("unknown_key", `Nothing here may be called ${describe(key)}.`, key);
      } else if (!this.#fitsInside(key, node, members[key])) isValid = false;
    }
    return isValid;
  }

  #fitsCombined(schema: JsonSchemaObject, value: unknown): boolean {
    const { $ref, allOf = [], anyOf, oneOf } = schema;
    let isValid = $ref === undefined || this.fits(this.#definition($ref), value);
    for (const one of allOf) {
      if (!isValid && this.#isDone()) return false;
      if (!this.fits(one, value)) isValid = false;
    }
    if (anyOf !== undefined && !anyOf.some((one) => this.#fitsQuietly(one, value))) {
      isValid = this.#fail("no_match", NO_MATCH);
    }
    if (oneOf !== undefined) {
      const fitting = oneOf.filter((one) => this.#fitsQuietly(one, value)).length;
      if (fitting === 0) isValid = this.#fail("no_match", NO_MATCH);
      if (fitting > 1)
        isValid = this.#fail("several_matches", "This fits several forms of which only one may fit.");
    }
    return isValid;
  }

  #definition($ref: string): JsonSchema {
    const name = $ref.startsWith("#/$defs/") ? $ref.slice("#/$defs/".length) : "";
    const found = Object.hasOwn(this.#definitions, name) ? this.#definitions[name] : undefined;
    if (found !== undefined) return found;
    throw new GiveUp("bad_schema", `The schema refers to ${describe($ref)}, which is not there.`);
  }

  #fitsInside(key: string | number, schema: JsonSchema, value: unknown): boolean {
    this.#path.push(key);
    const isValid = this.fits(schema, value);
    this.#path.pop();
    return isValid;
  }

  #fitsQuietly(schema: JsonSchema, value: unknown): boolean {
    this.#quiet++;
    const isValid = this.fits(schema, value);
    this.#quiet--;
    return isValid;
  }

  #fail(code: SchemaErrorCode, message: string, key?: string): false {
    if (!this.#isDone()) {
      const pointer = toPointer(key === undefined ? this.#path : [...this.#path, key]);
      this.errors.push({ code, pointer, message });
    }
    return false;
  }

  #isDone(): boolean {
    return this.#quiet > 0 || this.errors.length >= this.#limits.maxErrors;
  }

  #spend(steps: number): void {
    this.#steps += steps;
    if (this.#steps > this.#limits.maxSteps)
      throw new GiveUp("too_complex", "This value takes too long to check.");
  }

  // The same text for equal values, whatever the order of their members.
  #canonical(value: unknown, depth = 0): string {
    this.#spend(1);
    if (depth > MAX_DEPTH)
      throw new GiveUp("too_deep", `This value is nested deeper than ${MAX_DEPTH} levels.`);
    if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "";
    if (Array.isArray(value)) return `[${value.map((item) => this.#canonical(item, depth + 1)).join()}]`;
    const members = value as Members;
    const keys = Object.keys(members).sort();
    return `{${keys.map((key) => `${JSON.stringify(key)}:${this.#canonical(members[key], depth + 1)}`).join()}}`;
  }
}

type Members = { readonly [key: string]: unknown };

function isJson(value: unknown): boolean {
  return value === null || ["string", "boolean", "object"].includes(typeof value) || Number.isFinite(value);
}

function hasType(value: unknown, type: JsonType): boolean {
  if (type === "null") return value === null;
  if (type === "array") return Array.isArray(value);
  if (type === "object") return typeof value === "object" && value !== null && !Array.isArray(value);
  if (type === "integer") return Number.isInteger(value);
  return type === "number" ? Number.isFinite(value) : typeof value === type;
}

function show(value: JsonValue): string {
  return typeof value === "object" && value !== null ? "a certain value" : describe(value);
}
