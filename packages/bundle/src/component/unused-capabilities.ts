import { findCapability, type Manifest } from "@alga-ext/manifest";
import { matchWorld, type WorldNames } from "./match-world.ts";

/**
 * Capabilities that a manifest declares but the component cannot use, because it imports none of their interfaces: an
 * administrator would be asked for nothing.
 *
 * Toolchains that import whatever the manifest declares leave nothing to find here; default capabilities are never
 * reported, because nobody asks for them.
 */
export function unusedCapabilities(report: WorldNames, manifest: Pick<Manifest, "capabilities">): string[] {
  const imported = new Set<string>(matchWorld(report).interfaces);
  return manifest.capabilities.filter((name) => {
    const capability = findCapability(name);
    if (capability === null || capability.byDefault || capability.interfaces.length === 0) return false;
    return !capability.interfaces.some((one) => imported.has(one));
  });
}
