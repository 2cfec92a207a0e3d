/**
 * Errors of the SDK. Handlers import `@alga-ext/sdk/handler`, UIs `@alga-ext/sdk/ui` and `@alga-ext/sdk/ui/react`,
 * tests `@alga-ext/sdk/testing`.
 *
 * Import from `@alga-ext/sdk`.
 * @module
 */
export { SDK_STATUS, SdkError, type SdkErrorCode } from "./errors.ts";
