import type { ExecuteResponse } from "@alga-ext/protocol";
import { GatewayError, isGatewayErrorCode, type GatewayErrorCode } from "../errors.ts";
import type { GatewayLogger, IdempotencyScope, IdempotencyStore, KeptAnswer } from "../ports.ts";

/** A call under a key that its caller chose. */
export interface KeyedCall {
  readonly scope: IdempotencyScope;
  /** Of everything besides the scope that makes it this call and no other. */
  readonly fingerprint: string;
}

/** Failures after which it is sure that the extension was not asked: the key may be used again. */
const NOT_MADE: ReadonlySet<GatewayErrorCode> = new Set<GatewayErrorCode>([
  "access_policy_unavailable",
  "rate_limited",
  "quota_exceeded",
  "runner_unreachable",
  "not_admitted",
  "overloaded",
  "bundle_fetch_failed",
  "component_rejected",
  "payload_too_large",
  "request_headers_exceeded",
  "secret_decrypt_failed",
]);
/** Larger answers are not kept; their key says so. */
const MAX_KEPT_CHARACTERS = 1024 * 1024;

/**
 * Make a call under its key at most once: whoever repeats it gets the answer that was kept.
 *
 * A failure that may have come after the extension had begun is kept like an answer, because repeating such a call could
 * do its work twice.
 *
 * @throws {GatewayError} `idempotency_key_reused` when the key is another call's, `idempotency_key_in_use` while that
 *   call is under way, `conflict` when nobody can say how it ended; whatever `work` throws.
 */
export async function callOnce<Made>(
  options: { readonly idempotency: IdempotencyStore; readonly logger: GatewayLogger },
  { scope, fingerprint }: KeyedCall,
  work: () => Promise<{ readonly answer: ExecuteResponse; readonly response: Made }>,
): Promise<{ readonly response: Made } | { readonly kept: ExecuteResponse }> {
  const { idempotency, logger } = options;
  const claim = await idempotency.claim(scope, fingerprint);
  if (claim.state === "kept") return { kept: toAnswer(claim.answer) };
  if (claim.state !== "new") throw toRefusal(claim.state);
  const { token } = claim;
  // An answer that cannot be kept is still the answer; its key stays taken, so nothing is done twice.
  const failed = (error: unknown): void =>
    logger.warn("idempotency_keep_failed", { error: String(error), tenantId: scope.tenantId });
  try {
    const { answer, response } = await work();
    await idempotency.keep(scope, { token, answer: toKept(answer) }).catch(failed);
    return { response };
  } catch (error) {
    // What is no error of ours happened before the runner was asked.
    const isMade =
      error instanceof GatewayError && !NOT_MADE.has(error.code) && error.details["notMade"] !== true;
    const settled = isMade
      ? idempotency.keep(scope, { token, answer: toKeptError(error) })
      : idempotency.release(scope, { token });
    await settled.catch(failed);
    throw error;
  }
}

function toRefusal(state: "reused" | "in_use" | "lost"): GatewayError {
  switch (state) {
    case "reused":
      return new GatewayError(
        "idempotency_key_reused",
        "This x-idempotency-key belongs to another call; use a new one.",
      );
    case "in_use":
      return new GatewayError("idempotency_key_in_use", "The call with this key is still under way.", {
        details: { retryAfterS: 1 },
      });
    case "lost":
      return new GatewayError(
        "conflict",
        "The call with this key was begun and its end is not known; look before you make it again under a new key.",
      );
  }
}

function toKept({ status, headers, body_b64 }: ExecuteResponse): KeptAnswer {
  if ((body_b64?.length ?? 0) > MAX_KEPT_CHARACTERS) {
    const message = "The call with this key was made; its answer was too large to be kept.";
    return { kind: "error", code: "conflict", message };
  }
  return { kind: "answer", status, headers: { ...headers }, bodyB64: body_b64 };
}

function toKeptError({ code, message }: GatewayError): KeptAnswer {
  return { kind: "error", code, message };
}

function toAnswer(kept: KeptAnswer): ExecuteResponse {
  if (kept.kind === "error")
    throw new GatewayError(isGatewayErrorCode(kept.code) ? kept.code : "conflict", kept.message);
  return { status: kept.status, headers: kept.headers, body_b64: kept.bodyB64, error: null };
}
