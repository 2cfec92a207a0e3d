/**
 * HTTP status of every public error code that gateway, registry and runner answer with (contract §1.1–§1.8, §2.2).
 *
 * Codes are additive: a name never changes its meaning or its status.
 */
export const WIRE_STATUS = {
  // who is asking
  unauthenticated: 401,
  invalid_session: 401,
  missing_tenant: 401,
  unauthorized: 401,
  invalid_service_auth: 401,
  mixed_auth: 401,
  tenant_mismatch: 403,
  forbidden: 403,
  // what they ask for
  invalid_request: 400,
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
  rate_limited: 429,
  quota_exceeded: 429,
  // what happened while running it
  internal_error: 500,
  bad_gateway: 502,
  runner_crashed: 502,
  runner_unreachable: 502,
  bundle_fetch_failed: 502,
  access_policy_unavailable: 503,
  not_admitted: 503,
  overloaded: 503,
  deadline_exceeded: 504,
  // passing a request on to the runner's own origin
  runner_not_configured: 500,
  runner_proxy_error: 502,
  runner_timeout: 504,
  // runner outcomes of one call
  call_token_missing: 401,
  call_token_invalid: 401,
  call_token_expired: 401,
  call_token_replayed: 401,
  call_token_unknown_key: 401,
  missing_routing_headers: 400,
  context_mismatch: 400,
  component_rejected: 422,
  execute_failed: 500,
  memory_exceeded: 500,
  cpu_exceeded: 504,
  host_calls_exceeded: 500,
  request_headers_exceeded: 431,
  response_too_large: 502,
  response_headers_exceeded: 502,
  secret_decrypt_failed: 500,
  invalid_content_hash: 400,
  invalid_path: 400,
} as const satisfies Record<string, number>;

/** A public error code; see {@link WIRE_STATUS} for its HTTP status. */
export type WireErrorCode = keyof typeof WIRE_STATUS;

/** The JSON body of every refused HTTP request; no stack, no internals. */
export interface WireError {
  readonly error: WireErrorCode;
  /** One sentence for a person: what happened and what to do. */
  readonly message?: string;
  readonly requestId?: string;
}

/** Whether a string is one of the public error codes. */
export function isWireErrorCode(value: unknown): value is WireErrorCode {
  return typeof value === "string" && Object.hasOwn(WIRE_STATUS, value);
}

/**
 * Build the `Response` for a public error code: its status, `{error, message, requestId}`, `no-store`.
 *
 * @example
 * return wireErrorResponse("endpoint_not_found", { requestId });
 */
export function wireErrorResponse(
  code: WireErrorCode,
  options: { message?: string; requestId?: string; headers?: Record<string, string> } = {},
): Response {
  const body: WireError = {
    error: code,
    ...(options.message === undefined ? {} : { message: options.message }),
    ...(options.requestId === undefined ? {} : { requestId: options.requestId }),
  };
  const headers: Record<string, string> = {
    "content-type": "application/json",
    "cache-control": "no-store",
    ...options.headers,
  };
  if (options.requestId !== undefined) headers["x-request-id"] = options.requestId;
  return new Response(JSON.stringify(body), { status: WIRE_STATUS[code], headers });
}
