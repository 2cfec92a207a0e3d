/**
 * What both ends of the extension bridge share: envelopes, guards, routes, theme token names, the frame's URL.
 *
 * Import from `@alga-ext/iframe-bridge`; the host page uses `@alga-ext/iframe-bridge/host`, the extension's own
 * document `@alga-ext/iframe-bridge/frame`.
 * @module
 */
export { BRIDGE_STATUS, BridgeError, isBridgeErrorCode, type BridgeErrorCode } from "./errors.ts";
export {
  PROXY_METHODS,
  isClientToHost,
  isEnvelope,
  isHostToClient,
  toEnvelope,
  type ApiProxyPayload,
  type ApiProxyResponsePayload,
  type BootstrapPayload,
  type ClientToHostMessage,
  type Envelope,
  type HostToClientMessage,
  type ProxyHttpMethod,
} from "./envelope.ts";
export { buildExtUiSrc, type ExtUiSrcOptions } from "./ext-ui-src.ts";
export { BRIDGE_LIMITS } from "./limits.ts";
export { isClientPath, toProxyUrl } from "./route.ts";
export { THEME_TOKENS, toThemeTokens, type ThemeToken, type ThemeTokens } from "./theme-tokens.ts";
export type { BridgeFetch, FrameElement, FrameWindow, HostWindow } from "./ports.ts";
