/**
 * Whether a text is the name of a time zone.
 *
 * Names only: an offset such as `+02:00` is a valid time zone to `Intl`, but knows no summer.
 */
export function isTimezone(name: string): boolean {
  if (!/^[A-Za-z][\w+-]*(?:\/[\w+-]+)*$/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
