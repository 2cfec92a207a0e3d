import { CodedError, type CodedErrorOptions } from "@alga-ext/protocol";

/** HTTP status that means the same as each bridge code; codes are additive. */
export const BRIDGE_STATUS = {
  /** The document is not inside a frame, so there is no host to talk to. */
  not_embedded: 400,
  /** No host answered the frame's hello in time. */
  handshake_timeout: 504,
  /** The bridge was torn down; calls still under way end with this. */
  closed: 503,
  /** The route would leave the extension's own prefix, or is not a path at all. */
  invalid_route: 400,
  /** A request or answer body above 10 MiB. */
  payload_too_large: 413,
  /** Too many messages or too many calls at once. */
  rate_limited: 429,
  /** The host could not reach its own proxy. */
  proxy_failed: 502,
  /** No answer in the call's time. */
  proxy_timeout: 504,
} as const satisfies Record<string, number>;

/** Closed set of codes a {@link BridgeError} carries. */
export type BridgeErrorCode = keyof typeof BRIDGE_STATUS;

/** Whether a value that came over the port names a bridge code. */
export function isBridgeErrorCode(value: unknown): value is BridgeErrorCode {
  return typeof value === "string" && Object.hasOwn(BRIDGE_STATUS, value);
}

/**
 * A failure of the bridge itself. An HTTP answer of the extension's API is never one, whatever its status.
 *
 * Caller mistakes (a GET with a body, a relative navigation path) are `TypeError`.
 */
export class BridgeError extends CodedError<BridgeErrorCode> {
  static override readonly brand = "BridgeError";

  constructor(code: BridgeErrorCode, message: string, options: CodedErrorOptions = {}) {
    super(code, BRIDGE_STATUS[code], message, options);
  }
}
