/**
 * Web APIs for the bare QuickJS guest; `alga-ext build` puts it in front of every handler.
 *
 * Import from `@alga-ext/sdk/prelude`.
 * @module
 */
export { installPrelude, type PreludeOptions } from "./install-prelude.ts";
export { postponeCollection } from "./postpone-collection.ts";
