import { CAPABILITIES, normalizeCapability } from "./capabilities.ts";

/**
 * What an install may really do: declared by the version and granted by an administrator, plus the defaults.
 *
 * Unknown names are dropped. The answer is in catalogue order, each name once.
 */
export function effectiveCapabilities(declared: readonly string[], granted: readonly string[]): string[] {
  const asked = new Set(declared.map(normalizeCapability));
  const given = new Set(granted.map(normalizeCapability));
  return CAPABILITIES.filter(({ name, byDefault }) => byDefault || (asked.has(name) && given.has(name))).map(
    ({ name }) => name,
  );
}
