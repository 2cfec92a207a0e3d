import type { JsonValue } from "@alga-ext/protocol";
import { describeType } from "./describe.ts";
import type { Findings } from "./findings.ts";

/** Deeper nesting is refused, so that nobody downstream overflows a stack. */
const MAX_DEPTH = 64;
/** More values are refused; a real manifest has a few hundred. */
const MAX_VALUES = 50_000;
/** Longer keys are refused: pointers that name them would dwarf the source. */
const MAX_KEY_LENGTH = 256;

/**
 * A value as plain, bounded JSON; what is not is refused.
 *
 * @param options.isParsed The value comes fresh from `JSON.parse`: it is measured, not copied.
 * @returns also the number of object members, which tells whether a text named one twice.
 */
export function toJson(
  input: unknown,
  { isParsed, findings }: { readonly isParsed: boolean; readonly findings: Findings },
): { value: JsonValue; members: number } {
  const path: (string | number)[] = [];
  let values = 0;
  let members = 0;
  const tooMany = (): null => {
    if (values <= MAX_VALUES) findings.refuse("too_many_values", [], { limit: "50,000" });
    values = MAX_VALUES + 1;
    return null;
  };
  const visit = (value: unknown): JsonValue => {
    if (values >= MAX_VALUES) return tooMany();
    values++;
    if (value === null || typeof value === "string" || typeof value === "boolean") return value;
    if (typeof value === "number" && Number.isFinite(value)) return value;
    if (typeof value !== "object" || !isPlain(value)) {
      const isTooBig = isParsed && typeof value === "number";
      findings.refuse(isTooBig ? "number_too_big" : "not_a_json_value", path, { type: describeType(value) });
      return null;
    }
    if (path.length >= MAX_DEPTH) {
      findings.refuse("too_deep", path, { limit: MAX_DEPTH });
      return null;
    }
    return Array.isArray(value) ? visitList(value) : visitObject(value);
  };
  const visitList = (list: readonly unknown[]): JsonValue => {
    if (list.length > MAX_VALUES) return tooMany();
    const copy: JsonValue[] = [];
    for (let index = 0; index < list.length; index++) {
      path.push(index);
      const item = visit(list[index]);
      if (!isParsed) copy.push(item);
      path.pop();
    }
    return isParsed ? (list as readonly JsonValue[]) : copy;
  };
  const visitObject = (source: object): JsonValue => {
    const copy: Record<string, JsonValue> = {};
    for (const key of Object.keys(source)) {
      const member = (source as Record<string, unknown>)[key];
      if (member === undefined) continue;
      members++;
      if (key.length > MAX_KEY_LENGTH) {
        findings.refuse("key_too_long", path, { limit: MAX_KEY_LENGTH });
        continue;
      }
      path.push(key);
      const value = visit(member);
      path.pop();
      if (isParsed) continue;
      // Defined, not assigned: a key `__proto__` stays an ordinary key.
      if (key === "__proto__") {
        Object.defineProperty(copy, key, { value, enumerable: true, writable: true, configurable: true });
      } else copy[key] = value;
    }
    return isParsed ? (source as { readonly [key: string]: JsonValue }) : copy;
  };
  return { value: visit(input), members };
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null || Array.isArray(value)) return true;
  return Object.getPrototypeOf(prototype) === null;
}
