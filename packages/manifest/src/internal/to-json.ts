import type { JsonValue } from "@alga-ext/protocol";
import type { ManifestProblem } from "../manifest.ts";
import { toPointer } from "./to-pointer.ts";

/** Deeper nesting is refused, so that nobody downstream overflows a stack. */
const MAX_DEPTH = 64;
/** More values are refused; a real manifest has a few hundred. */
const MAX_VALUES = 50_000;

/** Longer keys are refused: pointers that name them would dwarf the source. */
const MAX_KEY_LENGTH = 256;
const MAX_PROBLEMS = 100;

/** A copy of a value as plain JSON, or the reasons why it is not JSON. */
export function toJson(input: unknown): { value: JsonValue; problems: ManifestProblem[] } {
  const problems: ManifestProblem[] = [];
  let values = 0;
  const refuse = (path: readonly (string | number)[], message: string): null => {
    if (problems.length < MAX_PROBLEMS) problems.push({ pointer: toPointer(path), message });
    return null;
  };
  const copy = (value: unknown, path: readonly (string | number)[]): JsonValue => {
    if (++values > MAX_VALUES) return values === MAX_VALUES + 1 ? refuse([], "has too many values") : null;
    if (value === null || typeof value === "string" || typeof value === "boolean") return value;
    if (typeof value === "number")
      return Number.isFinite(value) ? value : refuse(path, "is not a number JSON can hold");
    if (typeof value !== "object" || !isPlain(value)) return refuse(path, "is not a JSON value");
    if (path.length >= MAX_DEPTH) return refuse(path, `is nested deeper than ${MAX_DEPTH} levels`);
    if (Array.isArray(value)) {
      if (value.length > MAX_VALUES) return refuse(path, "has too many values");
      return Array.from(value, (item: unknown, index) => copy(item, [...path, index]));
    }
    if (Object.keys(value).some((key) => key.length > MAX_KEY_LENGTH)) {
      return refuse(path, `has a key longer than ${MAX_KEY_LENGTH} characters`);
    }
    // fromEntries defines, so a key `__proto__` stays an ordinary key.
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, item]) => item !== undefined)
        .map(([key, item]) => [key, copy(item, [...path, key])]),
    );
  };
  return { value: copy(input, []), problems };
}

function isPlain(value: object): boolean {
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
