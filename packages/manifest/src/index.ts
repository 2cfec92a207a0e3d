/**
 * Parse `manifest.json` and reason about what it asks for. Runtime-neutral: no Node, no `eval`.
 *
 * Import from `@alga-ext/manifest`; the JSON Schema is at `@alga-ext/manifest/schema.json`.
 * @module
 */
export { parseManifest } from "./parse-manifest.ts";
export type {
  Manifest,
  ManifestEgress,
  ManifestEndpoint,
  ManifestHooks,
  ManifestMenu,
  ManifestPlace,
  ManifestProblem,
  ManifestUi,
  ManifestWarning,
  ManifestWarningCode,
  ParsedManifest,
} from "./manifest.ts";
export type { ManifestSource } from "./types.generated.ts";
export { CAPABILITIES, DEFAULT_CAPABILITIES, findCapability, normalizeCapability } from "./capabilities.ts";
export type { Capability } from "./ports.ts";
export { effectiveCapabilities } from "./effective-capabilities.ts";
export { effectiveEgress } from "./effective-egress.ts";
export { matchesHost } from "./matches-host.ts";
export { consentItems } from "./consent-items.ts";
export { manifestInterfaces } from "./manifest-interfaces.ts";
export {
  compileEndpoints,
  type EndpointMatch,
  type EndpointMatcher,
  type EndpointPattern,
} from "./compile-endpoints.ts";
export { MANIFEST_STATUS, ManifestError, type ManifestErrorCode } from "./errors.ts";
