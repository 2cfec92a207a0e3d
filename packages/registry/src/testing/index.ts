/**
 * Fakes and contract cases for adapters.
 *
 * Import from `@alga-ext/registry/testing`.
 * @module
 */
export { createMemoryBlobs } from "./memory-blobs.ts";
export { BLOB_STORE_CASES, type BlobStoreCase } from "./blobs.contract.ts";
export { KEY_PROVIDER_CASES, type KeyProviderCase, type KeyProviderFixture } from "./keys.contract.ts";
