import { CodedError, type CodedErrorOptions } from "@alga-ext/protocol";

/** HTTP status that means the same as each SDK error code. */
export const SDK_STATUS = {
  // in the guest: what a host capability answered
  storage_missing: 404,
  storage_conflict: 409,
  storage_denied: 403,
  storage_internal: 502,
  secret_missing: 404,
  secret_denied: 403,
  secret_expired: 403,
  secret_internal: 502,
  http_invalid_url: 400,
  http_not_allowed: 403,
  http_transport: 502,
  http_internal: 502,
  proxy_route_not_found: 404,
  proxy_denied: 403,
  proxy_bad_request: 400,
  proxy_internal: 502,
  user_not_available: 404,
  user_not_allowed: 403,
  user_internal: 502,
  scheduler_not_found: 404,
  scheduler_validation_failed: 400,
  scheduler_quota_exceeded: 429,
  scheduler_denied: 403,
  scheduler_internal: 502,
  client_not_allowed: 403,
  client_invalid_input: 400,
  client_internal: 502,
  service_not_allowed: 403,
  service_invalid_input: 400,
  service_internal: 502,
  config_denied: 403,
  config_internal: 502,
  // in the guest: what the extension itself did
  /** The handler called a capability that `manifest.json` does not declare. */
  capability_not_declared: 500,
  /** A request body is not JSON, or a stored value is not. */
  invalid_json: 400,
  /** The handler answered with something that is not a response. */
  invalid_response: 500,
  /** The handler awaits something that nothing will settle. */
  handler_stalled: 500,
  // in the iframe
  /** The page does not run inside a host, or the host did not answer in time. */
  host_unavailable: 503,
  /** A route answered with an HTTP error; `details.status` and `details.body` hold it. */
  request_failed: 502,
} as const satisfies Record<string, number>;

/** A code of {@link SdkError}; see {@link SDK_STATUS}. */
export type SdkErrorCode = keyof typeof SDK_STATUS;

/** What handlers and UIs catch: switch on `code`. */
export class SdkError extends CodedError<SdkErrorCode> {
  static override readonly brand = "SdkError";

  constructor(code: SdkErrorCode, message: string, options: CodedErrorOptions = {}) {
    super(code, SDK_STATUS[code], message, options);
  }
}
