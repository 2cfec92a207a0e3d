import { PLATFORM_CATALOGUE } from "./create-catalogue.ts";
import type { CatalogueOptions } from "./ports.ts";

/**
 * What an install may really do: declared by the version and granted by an administrator, plus the defaults.
 *
 * Unknown names are dropped. The answer is in catalogue order, each name once.
 */
export function effectiveCapabilities(
  declared: readonly string[],
  granted: readonly string[],
  { catalogue = PLATFORM_CATALOGUE }: CatalogueOptions = {},
): string[] {
  const asked = new Set(declared.map((name) => catalogue.normalize(name)));
  const given = new Set(granted.map((name) => catalogue.normalize(name)));
  return catalogue.capabilities
    .filter(({ name, byDefault }) => byDefault || (asked.has(name) && given.has(name)))
    .map(({ name }) => name);
}
