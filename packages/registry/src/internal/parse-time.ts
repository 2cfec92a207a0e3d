import { RegistryError } from "../errors.ts";

/** Whether a date is one, and in a year that JavaScript and Postgres write alike. */
export function isStorableTime(time: Date): boolean {
  const year = time.getUTCFullYear();
  return year >= 1 && year <= 9999;
}

/**
 * Read a time that a caller wrote.
 *
 * @throws {RegistryError} `invalid_request`.
 */
export function parseTime(text: string, field: string): Date {
  const time = new Date(text);
  if (isStorableTime(time)) return time;
  throw new RegistryError("invalid_request", `${field} must be a time as RFC 3339 writes it.`, {
    details: { field },
  });
}
