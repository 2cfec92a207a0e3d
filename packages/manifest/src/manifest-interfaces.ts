import type { WitInterface } from "@alga-ext/protocol/wit";
import { CAPABILITIES } from "./capabilities.ts";
import type { Manifest } from "./manifest.ts";

/** Interfaces that a component built for this manifest may import: those of its capabilities and of the defaults. */
export function manifestInterfaces(manifest: Pick<Manifest, "capabilities">): WitInterface[] {
  return CAPABILITIES.filter(
    ({ name, byDefault }) => byDefault || manifest.capabilities.includes(name),
  ).flatMap(({ interfaces }) => interfaces);
}
