const MAX_SHOWN = 60;

/** A value as a sentence can name it: short text in quotes, everything invisible escaped, so that it cannot deceive. */
export function describe(value: unknown): string {
  if (typeof value === "string") {
    const short = value.length > MAX_SHOWN ? `${value.slice(0, MAX_SHOWN)}…` : value;
    return JSON.stringify(short).replaceAll(
      /[\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\u007f-\u009f]/gu,
      (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`,
    );
  }
  if (Array.isArray(value)) return "This list";
  if (typeof value === "object" && value !== null) return "This object";
  return String(value);
}

/** What kind of value this is, in words. */
export function describeType(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  switch (typeof value) {
    case "string":
      return "text";
    case "number":
      return Number.isFinite(value) ? "a number" : String(value);
    case "boolean":
      return String(value);
    case "object":
      return value instanceof Date ? "a date" : "an object";
    case "function":
      return "a function";
    default:
      return typeof value === "undefined" ? "undefined" : `a ${typeof value}`;
  }
}

const TYPES: Readonly<Record<string, string>> = {
  object: "an object",
  array: "a list",
  string: "text",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
  null: "null",
};

/** JSON Schema's `type` in words. */
export function describeExpected(type: unknown): string {
  const names = (Array.isArray(type) ? type : [type]).map((name) => TYPES[String(name)] ?? String(name));
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}
