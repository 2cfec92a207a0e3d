import { RegistryError } from "../errors.ts";

/**
 * Read a time that a caller wrote.
 *
 * @throws {RegistryError} `invalid_request`.
 */
export function parseTime(text: string, field: string): Date {
  const time = new Date(text);
  if (!Number.isNaN(time.getTime())) return time;
  throw new RegistryError("invalid_request", `${field} must be a time as RFC 3339 writes it.`, {
    details: { field },
  });
}
