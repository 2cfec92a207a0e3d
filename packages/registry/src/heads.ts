/**
 * Check, as a client of a registry, what it signed: that its log was not rolled back, frozen or forked, and that a
 * version belongs to its snapshot. Runtime-neutral.
 *
 * Import from `@alga-ext/registry/heads`.
 * @module
 */
export { REGISTRY_STATUS, RegistryError, type RegistryErrorCode } from "./errors.ts";
export type { Head, SnapshotRef } from "./releases/head.ts";
export { verifyHead, type VerifyHeadOptions } from "./releases/verify-head.ts";
export { verifyInclusion, type InclusionProof, type SnapshotEntry } from "./releases/verify-inclusion.ts";
