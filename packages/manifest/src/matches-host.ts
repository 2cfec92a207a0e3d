/**
 * Whether a host name is the one a pattern names: equal, or for `*.domain` exactly one label more.
 *
 * Case and one trailing dot do not matter. A pattern that still names a setting matches nothing. Give the parsed URL's hostname, never text from a person or a guest.
 *
 * @example
 * matchesHost("*.vendor.example", "api.vendor.example"); // true
 * matchesHost("*.vendor.example", "a.b.vendor.example"); // false
 */
export function matchesHost(pattern: string, host: string): boolean {
  const wanted = pattern.toLowerCase();
  const given = host.toLowerCase().replace(/\.$/, "");
  if (wanted.includes("{")) return false;
  if (!wanted.startsWith("*.")) return wanted !== "" && given === wanted;
  const dot = given.indexOf(".");
  return dot > 0 && wanted.length > 2 && given.slice(dot) === wanted.slice(1) && given.slice(0, dot) !== "*";
}
