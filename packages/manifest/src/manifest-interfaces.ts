import type { WitInterface } from "@alga-ext/protocol/wit";
import { PLATFORM_CATALOGUE } from "./create-catalogue.ts";
import type { Manifest } from "./manifest.ts";
import type { CatalogueOptions } from "./ports.ts";

/**
 * Interfaces that a component built for this manifest may import: those of its capabilities and of the defaults.
 *
 * With a host's catalogue, full names such as `acme:psa/tickets` follow the platform's short ones.
 */
export function manifestInterfaces(manifest: Pick<Manifest, "capabilities">): WitInterface[];
export function manifestInterfaces(
  manifest: Pick<Manifest, "capabilities">,
  options: CatalogueOptions,
): string[];
export function manifestInterfaces(
  manifest: Pick<Manifest, "capabilities">,
  { catalogue = PLATFORM_CATALOGUE }: CatalogueOptions = {},
): string[] {
  return catalogue.capabilities
    .filter(({ name, byDefault }) => byDefault || manifest.capabilities.includes(name))
    .flatMap(({ interfaces }) => interfaces);
}
