import type { ExecuteResponse } from "@alga-ext/protocol";
import { GatewayError, type GatewayErrorCode } from "../errors.ts";

/** Outcomes of the runner that a caller may learn; anything else is between gateway and runner: `bad_gateway`. */
const OUTCOMES: Readonly<Record<string, readonly [GatewayErrorCode, string]>> = {
  deadline_exceeded: ["deadline_exceeded", "The extension did not answer in time."],
  runner_crashed: ["runner_crashed", "The extension's process ended before it answered."],
  runner_unreachable: ["runner_unreachable", "The extension runner cannot be reached."],
  bundle_fetch_failed: ["bundle_fetch_failed", "The extension's code could not be loaded."],
  component_rejected: ["component_rejected", "The extension's code was refused by the runner."],
  execute_failed: ["execute_failed", "The extension failed."],
  memory_exceeded: ["memory_exceeded", "The extension used more memory than it may."],
  cpu_exceeded: ["cpu_exceeded", "The extension used more computing time than it may."],
  host_calls_exceeded: ["host_calls_exceeded", "The extension asked the host for more than it may."],
  response_headers_exceeded: [
    "response_headers_exceeded",
    "The extension's answer has more headers than allowed.",
  ],
  request_headers_exceeded: [
    "request_headers_exceeded",
    "The request has more headers than the runner takes.",
  ],
  response_too_large: ["response_too_large", "The extension's answer is larger than allowed."],
  secret_decrypt_failed: ["secret_decrypt_failed", "The extension's secrets could not be opened."],
  conflict: ["conflict", "The idempotency key was used for another request."],
  not_admitted: ["not_admitted", "The runner did not take the call; try again."],
  overloaded: ["overloaded", "The runner is busy; try again."],
  rate_limited: ["rate_limited", "Too many calls; try again later."],
  quota_exceeded: ["quota_exceeded", "The extension's quota is used up."],
  payload_too_large: ["payload_too_large", "The request body is larger than the runner takes."],
  internal_error: ["internal_error", "The runner failed."],
};

/**
 * Pass on an answer that the guest produced.
 *
 * @throws {GatewayError} with the code of the runner's logical error (`code` or `code: detail`); the detail stays in
 *   `details.runnerError` for the log and is never sent to the caller.
 */
export function assertGuestAnswer(answer: ExecuteResponse): void {
  if (answer.error === null) return;
  throw toRunnerError(answer.error);
}

/** A deadline that passed before the guest was asked: the runner was still preparing its code, or others were first. */
const NOT_STARTED = "deadline_exceeded: not_started";

/** The `GatewayError` of a runner's error text. */
export function toRunnerError(text: string): GatewayError {
  if (text === NOT_STARTED)
    return new GatewayError("deadline_exceeded", "The extension did not start in time; try again.", {
      details: { runnerError: text, notMade: true, retryAfterS: 1 },
    });
  const [prefix = ""] = text.split(":", 1);
  const known = Object.hasOwn(OUTCOMES, prefix) ? OUTCOMES[prefix] : undefined;
  const [code, message] = known ?? ["bad_gateway", "The runner could not carry out the call."];
  return new GatewayError(code, message, { details: { runnerError: text.slice(0, 1000) } });
}
