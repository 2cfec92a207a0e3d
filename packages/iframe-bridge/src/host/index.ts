/**
 * The host page's end of the bridge: hands one MessagePort to the document in an extension's frame, answers its
 * calls with the host's own session, and ends when another document takes its place.
 *
 * Import from `@alga-ext/iframe-bridge/host`.
 * @module
 */
export { createHostBridge } from "./create-host-bridge.ts";
export { readThemeTokens } from "./read-theme-tokens.ts";
export type { BridgeViolation, BridgeViolationKind, HostBridge, HostBridgeOptions } from "./options.ts";
export type { CloseReason } from "../internal/handshake.ts";
