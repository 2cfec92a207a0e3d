import { CodedError, type JsonValue } from "@alga-ext/protocol";
import type { RouteContext } from "./route-context.ts";

/** What a route family needs to render an error in its own shape. */
export interface Failure {
  /** snake_case. */
  readonly code: string;
  readonly status: number;
  readonly message: string;
  readonly details: { readonly [key: string]: JsonValue };
}

/** Turn anything thrown into a failure; what is not the caller's doing is logged and leaves without its text. */
export function toFailure(error: unknown, { options, requestId, url }: RouteContext): Failure {
  const coded = error instanceof CodedError ? error : null;
  // 501 says what this deployment was not given.
  if (coded !== null && (coded.status < 500 || coded.status === 501)) {
    return { code: coded.code, status: coded.status, message: coded.message, details: coded.details };
  }
  const retryAfterMs = coded?.details["retryAfterMs"];
  options.logger?.error("a registry route failed", {
    path: url.pathname,
    requestId,
    code: coded?.code ?? "unexpected",
    error: error instanceof Error ? error.message : String(error),
  });
  return {
    code: coded?.code ?? "internal_error",
    status: coded?.status ?? 500,
    message: "The registry failed to do this. Try again, and name the request id if it stays so.",
    // When to come back is the caller's business too.
    details: typeof retryAfterMs === "number" ? { retryAfterMs } : {},
  };
}
