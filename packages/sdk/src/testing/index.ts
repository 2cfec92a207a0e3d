/**
 * A mock host for unit tests of handlers.
 *
 * Import from `@alga-ext/sdk/testing`.
 * @module
 */
export { createMemoryStorage, type MemoryEntry, type MemoryStorage } from "./create-memory-storage.ts";
export { createMockHostBindings, type MockHostOverrides } from "./create-mock-host-bindings.ts";
