import { RegistryError } from "../errors.ts";

/** Most secrets of one install. */
export const MAX_SECRETS = 64;
const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const MAX_VALUE_BYTES = 16_384;

/**
 * Check names and values of a change; empty values are left out.
 *
 * @throws {RegistryError} `invalid_request`; the value is never part of it.
 */
export function parseSecrets(secrets: unknown): readonly (readonly [name: string, value: string | null])[] {
  if (typeof secrets !== "object" || secrets === null || Array.isArray(secrets)) {
    throw invalidSecrets("Secrets are an object of names and text.");
  }
  const entries = Object.entries(secrets as Record<string, unknown>);
  if (entries.length > MAX_SECRETS) throw invalidSecrets(`An install holds at most ${MAX_SECRETS} secrets.`);
  return entries.flatMap(([name, value]): [string, string | null][] => {
    if (!NAME.test(name))
      throw invalidSecrets("A secret's name is 1 to 128 letters, digits, `_`, `.` or `-`.");
    if (value === null) return [[name, null]];
    if (typeof value !== "string") throw invalidSecrets("A secret is text, or null to delete it.");
    if (!value.isWellFormed()) throw invalidSecrets("A secret is well-formed text; encode bytes as base64.");
    if (Buffer.byteLength(value) > MAX_VALUE_BYTES)
      throw invalidSecrets(`A secret has at most ${MAX_VALUE_BYTES} bytes.`);
    return value === "" ? [] : [[name, value]];
  });
}

/** A refusal of what a caller wants to store. */
export function invalidSecrets(message: string): RegistryError {
  return new RegistryError("invalid_request", message, { details: { field: "secrets" } });
}
