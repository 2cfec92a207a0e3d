/**
 * What an extension's page uses without any framework: connect to the host, follow its theme, call the
 * extension's own API.
 *
 * Import from `@alga-ext/sdk/ui`; React hooks are at `@alga-ext/sdk/ui/react`.
 * @module
 */
export { connect, type ConnectOptions } from "./connect.ts";
export { createApiClient, type ApiCallOptions, type ApiClient, type ProxyCaller } from "./api-client.ts";
export { ApiError, type ApiErrorCode } from "./api-error.ts";
export { applyThemeTokens } from "./apply-theme-tokens.ts";
export { BridgeError, THEME_TOKENS, type BridgeErrorCode, type ThemeTokens } from "@alga-ext/iframe-bridge";
export type { FrameBridge, ProxyCallOptions, ProxyResponse } from "@alga-ext/iframe-bridge/frame";
