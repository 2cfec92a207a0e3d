import { CodedError, type CodedErrorOptions } from "@alga-ext/protocol";

/** HTTP status of every {@link RunnerError} code; the wire codes keep the contract's names. */
export const RUNNER_STATUS = {
  // who is asking
  call_token_missing: 401,
  call_token_invalid: 401,
  call_token_expired: 401,
  call_token_replayed: 401,
  call_token_unknown_key: 401,
  // what they ask for
  invalid_request: 400,
  missing_routing_headers: 400,
  context_mismatch: 400,
  invalid_content_hash: 400,
  invalid_path: 400,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  payload_too_large: 413,
  // getting the code
  bundle_fetch_failed: 502,
  component_rejected: 422,
  secret_decrypt_failed: 500,
  // running it
  not_admitted: 503,
  overloaded: 503,
  deadline_exceeded: 504,
  runner_crashed: 502,
  execute_failed: 500,
  memory_exceeded: 500,
  cpu_exceeded: 504,
  host_calls_exceeded: 500,
  request_headers_exceeded: 431,
  response_too_large: 502,
  response_headers_exceeded: 502,
  // the machine
  wall_unavailable: 500,
} as const satisfies Record<string, number>;

/** A code of {@link RunnerError}. */
export type RunnerErrorCode = keyof typeof RUNNER_STATUS;

/** Everything the runner refuses or fails at; every code but `wall_unavailable` is also a wire code. */
export class RunnerError extends CodedError<RunnerErrorCode> {
  static override readonly brand = "RunnerError";

  constructor(code: RunnerErrorCode, message: string, options: CodedErrorOptions = {}) {
    super(code, RUNNER_STATUS[code], message, options);
  }
}
