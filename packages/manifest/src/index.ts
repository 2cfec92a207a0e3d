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
  ManifestEndpointReference,
  ManifestEvent,
  ManifestHooks,
  ManifestLinks,
  ManifestMenu,
  ManifestModal,
  ManifestPlace,
  ManifestProblem,
  ManifestSchedule,
  ManifestUi,
  ManifestView,
  ManifestWarning,
  ParsedManifest,
} from "./manifest.ts";
export type { ManifestSource } from "./types.generated.ts";
export { MANIFEST_PROBLEMS, type ManifestProblemCode } from "./problems.ts";
export { MANIFEST_WARNINGS, type ManifestWarningCode } from "./warnings.ts";
export { CAPABILITIES, DEFAULT_CAPABILITIES } from "./capabilities.ts";
export { findCapability, normalizeCapability } from "./find-capability.ts";
export { createCatalogue } from "./create-catalogue.ts";
export type { Capability, Catalogue, CatalogueOptions, PlatformCapability } from "./ports.ts";
export { effectiveCapabilities } from "./effective-capabilities.ts";
export { effectiveEgress } from "./effective-egress.ts";
export { resolveEgress } from "./resolve-egress.ts";
export { matchesHost } from "./matches-host.ts";
export { consentItems } from "./consent-items.ts";
export { manifestInterfaces } from "./manifest-interfaces.ts";
export {
  compileEndpoints,
  type EndpointMatch,
  type EndpointMatcher,
  type EndpointPattern,
} from "./compile-endpoints.ts";
export { matchEndpoint } from "./match-endpoint.ts";
export { diffManifests, type ManifestChanges, type ManifestDiff } from "./diff-manifests.ts";
export type { Semver } from "./internal/judge-schema.ts";
export { checkCron, cronValues } from "./internal/check-cron.ts";
export { isTimezone } from "./internal/is-timezone.ts";
export { toOpenApi, type OpenApiDocument, type OpenApiObject, type OpenApiOptions } from "./to-open-api.ts";
export { validateAgainst, type ValidateOptions } from "./validate-against.ts";
export type { SchemaError, SchemaErrorCode } from "./schema-error.ts";
export type { JsonSchema, JsonSchemaObject, JsonType, SettingSchema, SettingsSchema } from "./json-schema.ts";
export { MANIFEST_STATUS, ManifestError, type ManifestErrorCode } from "./errors.ts";
