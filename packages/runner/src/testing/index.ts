/**
 * Fakes for tests of the runner and of hosts that embed it.
 *
 * Import from `@alga-ext/runner/testing`.
 * @module
 */
export { createMemoryBundles } from "./memory-bundles.ts";
export { createMemoryStorage } from "./memory-storage.ts";
