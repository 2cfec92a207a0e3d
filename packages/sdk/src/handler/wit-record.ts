/** How one field of a WIT record is checked; a trailing `?` makes it optional, a list names the cases of an enum. */
export type FieldRule =
  | "string"
  | "string?"
  | "boolean?"
  | "number"
  | "number?"
  | "u32?"
  | "u64?"
  | readonly string[];

/** Text that survives the way to the host: lone surrogates become U+FFFD, anything but a string is refused. */
export function toWitString(value: unknown, name: string): string {
  if (typeof value !== "string") throw new TypeError(`${name} must be a string, not ${kindOf(value)}.`);
  return value.toWellFormed();
}

/** Bytes on their way to the host. */
export function toWitBytes(value: unknown, name: string): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new TypeError(`${name} must be a Uint8Array, not ${kindOf(value)}.`);
}

/**
 * Check a record before it crosses: a wrong type inside the engine's bindings ends the whole call without a message.
 *
 * @throws {TypeError} naming the field.
 */
export function toWitRecord(
  input: object,
  rules: Readonly<Record<string, FieldRule>>,
  name = "input",
): Record<string, unknown> {
  if (typeof input !== "object" || input === null) {
    throw new TypeError(`${name} must be an object, not ${kindOf(input)}.`);
  }
  const record: Record<string, unknown> = {};
  for (const [field, rule] of Object.entries(rules)) {
    const value = (input as Record<string, unknown>)[field];
    const where = `${name}.${field}`;
    if (value === undefined || value === null) {
      if (rule === "string" || rule === "number") throw new TypeError(`${where} is required.`);
      continue;
    }
    record[field] = toWitField(value, rule, where);
  }
  return record;
}

/** A record from the host without its absent options (QuickJS shows them as null). */
export function fromWitRecord<Shape extends object>(record: Shape): Shape {
  const present: Record<string, unknown> = {};
  for (const field of Object.keys(record)) {
    const value = (record as Record<string, unknown>)[field];
    if (value !== null && value !== undefined) present[field] = value;
  }
  return present as Shape;
}

const U32_MAX = 0xffff_ffff;

function toWitField(value: unknown, rule: FieldRule, where: string): unknown {
  if (typeof rule !== "string") {
    if (typeof value === "string" && rule.includes(value)) return value;
    throw new TypeError(`${where} must be one of ${rule.join(", ")}.`);
  }
  if (rule.startsWith("string")) return toWitString(value, where);
  if (rule === "boolean?") {
    if (typeof value === "boolean") return value;
    throw new TypeError(`${where} must be a boolean, not ${kindOf(value)}.`);
  }
  if (typeof value !== "number") throw new TypeError(`${where} must be a number, not ${kindOf(value)}.`);
  if (rule.startsWith("u")) {
    const max = rule === "u32?" ? U32_MAX : Number.MAX_SAFE_INTEGER;
    if (!Number.isInteger(value) || value < 0 || value > max) {
      throw new TypeError(`${where} must be a whole number from 0 to ${max}.`);
    }
  }
  return value;
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "an array" : typeof value;
}
