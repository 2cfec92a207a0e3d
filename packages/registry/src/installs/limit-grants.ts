import { effectiveEgress, normalizeCapability } from "@alga-ext/manifest";
import type { Grants } from "@alga-ext/protocol";

/** What a version asks for. */
export interface Declared {
  readonly capabilities: readonly string[];
  readonly egress: readonly string[];
}

/** The part of some grants that a version declares: nothing can be granted that was not asked for. */
export function limitGrants(declared: Declared, grants: Grants): Grants {
  const given = new Set(grants.capabilities.map((name) => normalizeCapability(name)));
  return {
    capabilities: declared.capabilities.filter((name) => given.has(name)),
    egress: effectiveEgress([...declared.egress], [...grants.egress]),
  };
}
