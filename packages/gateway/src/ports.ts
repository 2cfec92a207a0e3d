import type {
  CallClaims,
  ExecuteLogLine,
  ExecuteRequest,
  ExecuteResponse,
  InstalledEndpoint,
  JsonValue,
  Principal,
  QuotaLease,
  ResolvedInstall,
} from "@alga-ext/protocol";

import type { TraceHeaders } from "./tracing-context.ts";

export type { HostApi, InstallResolver } from "@alga-ext/protocol";

/** One call on its way to a runner. */
export interface RunnerCall {
  readonly request: ExecuteRequest;
  /** Sent as `x-idempotency-key`; set for every method but GET. */
  readonly idempotencyKey?: string;
  /** Sent as the headers of these names; absent when nobody traces. */
  readonly trace?: TraceHeaders;
  /** Told before each try to send it but the first. */
  readonly onRetry?: () => void;
}

/** Port: carries one call to a runner and its answer back. */
export interface RunnerInvoker {
  /**
   * Run one call. Resolves with the runner's answer, whatever its logical `status` and `error`.
   *
   * Aborting `signal` must cancel the call at the runner. Rejects with a `GatewayError`: `runner_unreachable` when
   * nothing was admitted, `runner_crashed` when the connection was lost after the call had been sent,
   * `bad_gateway` when the answer makes no sense. Must not repeat a call that may have been admitted, but for a GET.
   *
   * The gateway itself tries once more after the answer `not_admitted`, a `runner_unreachable` that came at once, and a
   * GET whose cell died; more than that, and which runner it is, is the invoker's.
   */
  invoke(call: RunnerCall, options: { readonly signal: AbortSignal }): Promise<ExecuteResponse>;
}

/** A handshake with a runner: what to post, and the session it opens. */
export interface CallSession {
  /** Names the session key in the call tokens made with it. */
  readonly kid: string;
  /** Body value of `POST /v1/handshake`. */
  readonly token: string;
  /** Milliseconds since the epoch from when a new handshake is due. */
  readonly renewAtMs: number;
  /** Milliseconds since the epoch when the runner forgets the key. */
  readonly expiresAtMs: number;
}

/** What a call token vouches for; the authority adds issuer, audience, ids and times. */
export type CallTokenInput = Pick<
  CallClaims,
  "sub" | "tenant" | "ext" | "hash" | "method" | "path" | "bh"
> & {
  /** The call must be over after this many milliseconds; host-API routes take the token until then. */
  readonly timeoutMs: number;
};

/** Port: makes and checks the tokens between gateway and runner. */
export interface CallAuthority {
  /** Make a new session for one runner; it counts once the runner has accepted its token. */
  handshake(): Promise<CallSession>;
  /** Sign one call with the key of an accepted session. */
  token(call: CallTokenInput, options: { readonly kid: string }): Promise<string>;
  /**
   * Check a call token that comes back on a host-API route. Valid until its `deadline`, not only its `exp`.
   *
   * Rejects with a `GatewayError`: `call_token_invalid`, `call_token_expired`, `call_token_unknown_key`.
   */
  verify(token: string, options?: { readonly now?: number }): Promise<CallClaims>;
}

/** Row written before a call. */
export interface ExecutionStarted {
  readonly requestId: string;
  readonly tenantId: string;
  readonly installId: string;
  readonly registryId: string;
  readonly versionId: string;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** The declared pattern that matched, such as `/agreements/:id`. */
  readonly endpointTemplate: string;
  readonly principalKind: Principal["userType"];
  readonly userId: string;
  /** RFC 3339. */
  readonly startedAt: string;
}

/** What became of a call. */
export interface ExecutionFinished {
  readonly tenantId: string;
  /** `upstream_error`: the extension itself answered 400 or more. */
  readonly status: "ok" | "error" | "timeout" | "policy_denied" | "upstream_error";
  readonly httpStatus: number;
  readonly durationMs: number;
  /** `extension_error_status`, `timeout`, `client_disconnected`, or the wire code with the runner's detail; null when ok. */
  readonly error: string | null;
  /** Bytes the extension sent and received. */
  readonly egressBytes: number;
  /** Calls the extension made to its host. */
  readonly hostCalls: number;
  /** CPU time of the guest, and megabytes it held × milliseconds; 0 when the runner does not measure them. */
  readonly cpuMs: number;
  readonly memoryMbMs: number;
  /** The place the call took from its quota; null without quotas. */
  readonly lease: QuotaLease | null;
  /** Log lines of the guest, capped by the runner. */
  readonly lines: readonly ExecuteLogLine[];
  /** RFC 3339. */
  readonly finishedAt: string;
}

/** Port: the execution log. */
export interface ExecutionAudit {
  /** Write the row before the call and return its id; a rejection refuses the call with 503. */
  started(row: ExecutionStarted): Promise<string>;
  /** Close the row. Best effort: a rejection is logged, the caller's answer stands. */
  finished(id: string, row: ExecutionFinished): Promise<void>;
}

/** Answer of a {@link RateLimiter}. */
export type RateDecision =
  | { readonly allowed: true }
  | {
      readonly allowed: false;
      /** Milliseconds until one call would pass. */
      readonly retryAfterMs: number;
    };

/** Port: how often one extension of one tenant may be called. */
export interface RateLimiter {
  /** Take one call. A rejection refuses the call with 503. */
  take(key: { readonly tenantId: string; readonly registryId: string }): Promise<RateDecision>;
}

/** Answer of a {@link CallQuota}. */
export type QuotaAnswer =
  | { readonly allowed: true; readonly lease: QuotaLease }
  | {
      readonly allowed: false;
      /** Name of the limit, such as `invocations`, and its value. */
      readonly limit: string;
      readonly value: number;
      /** Milliseconds after which another try makes sense. */
      readonly retryAfterMs: number;
    };

/** Port: what the extensions of a tenant may use; `quotas` of a registry is one. */
export interface CallQuota {
  /** Take a place for one call, to be given back with its row of the execution log. A rejection refuses the call with 503. */
  take(key: { readonly tenantId: string; readonly registryId: string }): Promise<QuotaAnswer>;
  /** Give back the place of a call that was not made. */
  release(lease: QuotaLease): Promise<void>;
}

/** What a key that a caller chose belongs to: nobody meets another's, and each endpoint has keys of its own. */
export interface IdempotencyScope {
  readonly tenantId: string;
  readonly userId: string;
  readonly installId: string;
  readonly method: string;
  readonly path: string;
  /** The caller's `x-idempotency-key`. */
  readonly key: string;
}

/** How a call with a key ended; survives `JSON.stringify`. */
export type KeptAnswer =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly bodyB64: string | null;
    }
  | { readonly kind: "error"; readonly code: string; readonly message: string };

/** Answer to a claim. */
export type IdempotencyClaim =
  /** Nobody has the key: it is the claimer's, who settles the claim with its token. */
  | { readonly state: "new"; readonly token: string }
  /** The same call ended so. */
  | { readonly state: "kept"; readonly answer: KeptAnswer }
  /** The same call is under way. */
  | { readonly state: "in_use" }
  /** The key is that of a call with another fingerprint. */
  | { readonly state: "reused" }
  /** The same call was begun, and whoever made it never said how it ended. */
  | { readonly state: "lost" };

/** Port: which keys are taken, and the answers to the calls made under them, for 24 hours. */
export interface IdempotencyStore {
  /** Take a key; of two who come at once, one gets it. A rejection refuses the call with 503. */
  claim(scope: IdempotencyScope, fingerprint: string): Promise<IdempotencyClaim>;
  /** Settle a claim with its answer; does nothing when the claim is no longer the token's. */
  keep(
    scope: IdempotencyScope,
    settled: { readonly token: string; readonly answer: KeptAnswer },
  ): Promise<void>;
  /** Give a claim back, because the call was not made. */
  release(scope: IdempotencyScope, claim: { readonly token: string }): Promise<void>;
}

/** What a host's own policy sees of a call that the built-in rules already allow. */
export interface AuthorizeInput {
  readonly principal: Principal;
  readonly install: ResolvedInstall;
  readonly endpoint: InstalledEndpoint;
  /** What the guest will see: HEAD is GET. */
  readonly method: string;
  readonly path: string;
}

/** Port: a host's extra policy. It can only narrow what the built-in rules allow; false is 403 `forbidden`. */
export type Authorize = (input: AuthorizeInput) => boolean | Promise<boolean>;

/** Whom an extension acts for when it calls a host capability, as the runner says; null when no person made the call. */
export interface HostCapabilityUser {
  readonly userId: string;
  readonly userType: string;
}

/** One request of an extension to a capability of the host application. */
export interface HostCapabilityRequest {
  readonly tenantId: string;
  readonly installId: string;
  /** Registry id. */
  readonly extensionId: string;
  readonly user: HostCapabilityUser | null;
  /** The whole body, `operation` and all; what each field may hold is the capability's to check. */
  readonly body: { readonly [field: string]: JsonValue };
}

/**
 * Port: what the host application does for extensions behind one capability, at
 * `POST /api/internal/ext-{route}/install/{installId}`.
 *
 * Asked only for active installs that were granted it; tenant and install come from the call's token. Answer with any
 * status; reject with a `CodedError` of code `INVALID_INPUT`, `NOT_ALLOWED` or `NOT_FOUND` to refuse. Any other
 * rejection is a 500 that says nothing about itself.
 */
export interface HostCapability {
  /** Lower-case letters, digits and hyphens. */
  readonly route: string;
  /** The `cap:` name that opens it. */
  readonly grant: string;
  call(request: HostCapabilityRequest): Promise<{ readonly status: number; readonly body: JsonValue }>;
}

/** Port: where the gateway reports trouble; fields are JSON-safe and hold no secrets. */
export interface GatewayLogger {
  warn(event: string, fields: Readonly<Record<string, unknown>>): void;
  error(event: string, fields: Readonly<Record<string, unknown>>): void;
}
