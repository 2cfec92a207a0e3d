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

/**
 * Make sure that somebody said what is granted: silence grants nothing, and is a mistake of the caller.
 *
 * @throws {TypeError}
 */
export function checkGrants(grants: Grants): Grants {
  const isList = (value: unknown): boolean =>
    Array.isArray(value) && value.every((name) => typeof name === "string");
  const given: { capabilities?: unknown; egress?: unknown } | null = grants;
  if (typeof given === "object" && given !== null && isList(given.capabilities) && isList(given.egress)) {
    return grants;
  }
  throw new TypeError(
    'Say what is granted: {capabilities, egress}, both lists of text, or at install "declared" for all that is declared.',
  );
}
