import {
  CodedError,
  WIRE_STATUS,
  wireErrorResponse,
  type CodedErrorOptions,
  type WireErrorCode,
} from "@alga-ext/protocol";

/** HTTP status of every code the gateway answers with; a part of the wire codes of `@alga-ext/protocol`. */
export const GATEWAY_STATUS = {
  unauthenticated: 401,
  invalid_session: 401,
  invalid_service_auth: 401,
  mixed_auth: 401,
  missing_tenant: 401,
  unauthorized: 401,
  tenant_mismatch: 403,
  forbidden: 403,
  invalid_request: 400,
  invalid_path: 400,
  extension_not_available: 404,
  endpoint_not_found: 404,
  not_installed: 404,
  install_not_found: 404,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  idempotency_key_in_use: 409,
  idempotency_key_reused: 422,
  payload_too_large: 413,
  unsupported_media_type: 415,
  request_headers_exceeded: 431,
  rate_limited: 429,
  quota_exceeded: 429,
  internal_error: 500,
  execute_failed: 500,
  memory_exceeded: 500,
  host_calls_exceeded: 500,
  secret_decrypt_failed: 500,
  bad_gateway: 502,
  runner_crashed: 502,
  runner_unreachable: 502,
  runner_not_configured: 500,
  runner_proxy_error: 502,
  runner_timeout: 504,
  bundle_fetch_failed: 502,
  response_too_large: 502,
  response_headers_exceeded: 502,
  component_rejected: 422,
  access_policy_unavailable: 503,
  not_admitted: 503,
  overloaded: 503,
  deadline_exceeded: 504,
  cpu_exceeded: 504,
  call_token_invalid: 401,
  call_token_expired: 401,
  call_token_unknown_key: 401,
} as const satisfies { readonly [Code in WireErrorCode]?: (typeof WIRE_STATUS)[Code] };

/** A code of {@link GatewayError}; see {@link GATEWAY_STATUS} for what it means in HTTP. */
export type GatewayErrorCode = keyof typeof GATEWAY_STATUS;

/** What the gateway and its adapters throw; the pipeline turns it into the wire error of the same code. */
export class GatewayError extends CodedError<GatewayErrorCode> {
  static override readonly brand = "GatewayError";

  constructor(code: GatewayErrorCode, message: string, options: CodedErrorOptions = {}) {
    super(code, GATEWAY_STATUS[code], message, options);
  }
}

/** Whether a string is one of the gateway's codes. */
export function isGatewayErrorCode(value: string): value is GatewayErrorCode {
  return Object.hasOwn(GATEWAY_STATUS, value);
}

/**
 * The `Response` for a failure: the wire error of a {@link GatewayError}, and for anything else a bare
 * `access_policy_unavailable`, because nothing about an unexpected failure may leak or be let through.
 */
export function toErrorResponse(error: unknown, requestId: string): Response {
  const known = error instanceof GatewayError;
  const code = known ? error.code : "access_policy_unavailable";
  const message = known ? error.message : "The request could not be checked; try again.";
  const headers: Record<string, string> = { "x-content-type-options": "nosniff" };
  const retryAfterS = known ? error.details["retryAfterS"] : undefined;
  if (typeof retryAfterS === "number") headers["retry-after"] = String(retryAfterS);
  else if (GATEWAY_STATUS[code] === 503) headers["retry-after"] = "1";
  const allow = known ? error.details["allow"] : undefined;
  if (typeof allow === "string") headers["allow"] = allow;
  return wireErrorResponse(code, { message, requestId, headers });
}
