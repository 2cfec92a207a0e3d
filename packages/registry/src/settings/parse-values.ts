import type { JsonValue } from "@alga-ext/protocol";
import { RegistryError } from "../errors.ts";

/** Largest settings of one install as JSON: 64 KiB. */
const MAX_BYTES = 65_536;
/** Longest name of a setting. */
const MAX_NAME = 128;

/**
 * Check the outside of a change to settings: names, and that the values are JSON.
 *
 * @throws {RegistryError} `invalid_request`
 */
export function parseValues(values: unknown): ReadonlyMap<string, JsonValue> {
  if (typeof values !== "object" || values === null || Array.isArray(values)) {
    throw refuse("Settings are an object of names and values; null resets one.");
  }
  const entries = Object.entries(values as Record<string, unknown>);
  if (entries.some(([name]) => name === "" || name.length > MAX_NAME || !name.isWellFormed())) {
    throw refuse(`The name of a setting has 1 to ${MAX_NAME} characters.`);
  }
  const parsed = entries.map(([name, value]): [string, JsonValue] => [name, toJson(value)]);
  assertSize(Object.fromEntries(parsed));
  return new Map(parsed);
}

/**
 * Refuse settings that are larger than an install may have.
 *
 * @throws {RegistryError} `invalid_request`
 */
export function assertSize(values: Readonly<Record<string, JsonValue>>): void {
  if (Buffer.byteLength(JSON.stringify(values)) > MAX_BYTES) {
    throw refuse(`The settings of an install have at most ${MAX_BYTES} bytes as JSON.`);
  }
}

function toJson(value: unknown): JsonValue {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    throw refuse("The value of a setting is JSON.", cause);
  }
  if (text === undefined) throw refuse("The value of a setting is JSON.");
  return JSON.parse(text) as JsonValue;
}

function refuse(message: string, cause?: unknown): RegistryError {
  return new RegistryError("invalid_request", message, { details: { field: "values" }, cause });
}
