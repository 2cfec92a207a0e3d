/**
 * The extension's end of the bridge: shake hands with the host page, call the extension's own API through it,
 * follow its theme and its navigation.
 *
 * Import from `@alga-ext/iframe-bridge/frame`.
 * @module
 */
export { connectFrame, type ConnectFrameOptions } from "./connect-frame.ts";
export type { FrameBridge, ProxyCallOptions, ProxyResponse } from "./frame-bridge.ts";
