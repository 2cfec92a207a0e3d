import { hash } from "node:crypto";
import { Pool } from "undici";
import { GatewayError } from "../errors.ts";
import type { CallAuthority, CallSession, GatewayLogger, RunnerCall } from "../ports.ts";
import { postJson, type PostAnswer } from "./post-json.ts";
import { hash32 } from "./rendezvous.ts";
import { createRunnerSession } from "./runner-session.ts";

/** What every replica of one invoker has in common. */
export interface ReplicaOptions {
  readonly calls: CallAuthority;
  readonly connections: number;
  readonly connectTimeoutMs: number;
  readonly maxResponseBytes: number;
  readonly logger: GatewayLogger;
  /** A runner answered. */
  readonly onReached: () => void;
}

/** One runner: its connections and its session. */
export interface Replica {
  /** Its origin; names it. */
  readonly url: string;
  readonly hash: number;
  /** Calls that wait for it or run there. */
  readonly inFlight: number;
  /**
   * Send a call, once: a second time only when the runner said that it has forgotten the session and took nothing.
   *
   * Rejects as {@link postJson}; retryable when nothing was sent or admitted, as with a handshake that is refused.
   * `not_admitted` when too many calls wait for it already.
   */
  send(
    call: RunnerCall,
    options: { readonly body: Buffer; readonly signal: AbortSignal },
  ): Promise<PostAnswer>;
  /** Whether calls should come here; false when it says not, rejects when it says nothing. */
  isReady(signal: AbortSignal): Promise<boolean>;
  /** Let calls in flight end, then close the connections. */
  close(): Promise<void>;
}

const DEFAULT_TIMEOUT_MS = 30_000;
/** Calls for each connection that are held for one runner, with their bodies; the runner's own queues are shorter. */
const CALLS_PER_CONNECTION = 8;
const MAX_PROBE_BYTES = 64 * 1024;

/** Create one replica; it connects when it is needed. */
export function createReplica(url: string, options: ReplicaOptions): Replica {
  const { calls, maxResponseBytes, logger, onReached } = options;
  // The caller's signal is the deadline; the pool must not have one of its own.
  const pool = new Pool(url, {
    connections: options.connections,
    headersTimeout: 0,
    bodyTimeout: 0,
    // One call on a connection: ending it is how a call is cancelled.
    allowH2: false,
    connect: { timeout: options.connectTimeoutMs },
  });
  const maxInFlight = options.connections * CALLS_PER_CONNECTION;
  // Of its own, so that calls that fill the pool make no runner look ill.
  const control = new Pool(url, { connections: 1, connect: { timeout: options.connectTimeoutMs } });
  const session = createRunnerSession({ pool: control, calls, logger, onOpened: onReached });
  let inFlight = 0;

  const sendOnce = async (
    call: RunnerCall,
    { kid }: CallSession,
    { body, signal }: { readonly body: Buffer; readonly signal: AbortSignal },
  ): Promise<PostAnswer> => {
    const { context, http, limits } = call.request;
    const token = await calls.token(
      {
        sub: context.install_id ?? "",
        tenant: context.tenant_id,
        ext: context.extension_id,
        hash: context.content_hash,
        method: http.method,
        path: http.path,
        bh: hash("sha256", body, "base64url"),
        timeoutMs: limits?.timeout_ms ?? DEFAULT_TIMEOUT_MS,
      },
      { kid },
    );
    const headers = toHeaders(call, token);
    return postJson(pool, { path: "/v1/execute", headers, body, signal, maxResponseBytes });
  };

  return {
    url,
    hash: hash32(url),
    get inFlight() {
      return inFlight;
    },
    async send(call, about) {
      if (inFlight >= maxInFlight) {
        throw new GatewayError("not_admitted", "Too many calls wait for the runner; try again.", {
          retryable: true,
          details: { limit: "connections" },
        });
      }
      inFlight += 1;
      try {
        const opened = await session.current();
        let answer = await sendOnce(call, opened, about);
        if (answer.status === 401 && errorOf(answer) === "call_token_unknown_key") {
          // The runner was restarted and forgot the key; it admitted nothing. Others had better wait for the next one.
          session.forget(opened);
          answer = await sendOnce(call, await session.current(), about);
        }
        onReached();
        return answer;
      } finally {
        inFlight -= 1;
      }
    },
    async isReady(signal) {
      const { status } = await postJson(control, {
        method: "GET",
        path: "/readyz",
        headers: [],
        signal,
        maxResponseBytes: MAX_PROBE_BYTES,
      });
      if (status !== 200) return false;
      // One that would refuse every call is not ready for any; and the first call finds the session open.
      await session.current();
      return true;
    },
    async close() {
      await Promise.all([pool.close(), control.close()]);
    },
  };
}

/** The wire code of an answer that is no outcome of a call; null when it names none. */
export function errorOf({ status, json }: PostAnswer): string | null {
  if (status === 200 || typeof json !== "object" || json === null || !("error" in json)) return null;
  return typeof json.error === "string" ? json.error : null;
}

function toHeaders({ request, idempotencyKey, trace }: RunnerCall, token: string): string[] {
  const { context } = request;
  const headers = [
    "content-type",
    "application/json",
    "x-alga-tenant",
    context.tenant_id,
    "x-alga-extension",
    context.extension_id,
    "authorization",
    `Bearer ${token}`,
  ];
  if (context.request_id !== undefined) headers.push("x-request-id", context.request_id);
  if (context.install_id !== undefined) headers.push("x-ext-install-id", context.install_id);
  if (context.version_id !== undefined) headers.push("x-ext-version-id", context.version_id);
  if (idempotencyKey !== undefined) headers.push("x-idempotency-key", idempotencyKey);
  if (trace !== undefined) headers.push("traceparent", trace.traceparent);
  if (trace?.tracestate !== undefined) headers.push("tracestate", trace.tracestate);
  return headers;
}
