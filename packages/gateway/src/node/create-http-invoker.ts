import { hash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { Pool } from "undici";
import type { ExecuteRequest } from "@alga-ext/protocol";
import { GatewayError } from "../errors.ts";
import { toRunnerError } from "../internal/runner-outcome.ts";
import { parseExecuteResponse } from "../parse-execute-response.ts";
import type { CallAuthority, CallSession, GatewayLogger, RunnerCall, RunnerInvoker } from "../ports.ts";
import { createRunnerSession } from "./runner-session.ts";
import { postJson, type PostAnswer } from "./post-json.ts";

/** Options of {@link createHttpInvoker}. */
export interface HttpInvokerOptions {
  /** Internal base of the runner, such as `http://127.0.0.1:8080`. */
  readonly baseUrl: string;
  readonly calls: CallAuthority;
  /** Calls in flight at once; more wait for a connection. @default 128 */
  readonly connections?: number;
  /** How long a runner that refuses connections is tried again, in milliseconds. @default 2000 */
  readonly connectRetryMs?: number;
  /** Largest answer read, in bytes of JSON. @default 67108864 */
  readonly maxResponseBytes?: number;
  /** @default silent */
  readonly logger?: GatewayLogger;
}

/** A {@link RunnerInvoker} that holds connections. */
export interface HttpInvoker extends RunnerInvoker {
  /** Wait for calls in flight and close the connections. */
  close(): Promise<void>;
}

const FIRST_BACKOFF_MS = 50;
const MAX_BACKOFF_MS = 400;
const DEFAULT_TIMEOUT_MS = 30_000;

/**
 * Call a runner over HTTP: one handshake shared by all calls, then a token per call over exactly the bytes sent.
 *
 * A refused connection is tried again with backoff, because nothing was admitted; a lost one never is.
 *
 * @example
 * const invoker = createHttpInvoker({ baseUrl: "http://127.0.0.1:8080", calls });
 */
export function createHttpInvoker(options: HttpInvokerOptions): HttpInvoker {
  const { calls, connectRetryMs = 2000, maxResponseBytes = 64 * 1024 * 1024 } = options;
  // The caller's signal is the deadline; the pool must not have one of its own.
  const pool = new Pool(new URL(options.baseUrl).origin, {
    connections: options.connections ?? 128,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: connectRetryMs },
  });
  const session = createRunnerSession({ pool, calls, ...(options.logger ? { logger: options.logger } : {}) });

  const attempt = async (call: RunnerCall, body: Buffer, signal: AbortSignal): Promise<PostAnswer> => {
    const opened = await session.current();
    const answer = await send(call, body, opened, signal);
    if (errorOf(answer) !== "call_token_unknown_key") return answer;
    // The runner was restarted and forgot the key; it admitted nothing.
    session.forget(opened);
    return send(call, body, await session.current(), signal);
  };

  const send = async (
    call: RunnerCall,
    body: Buffer,
    { kid }: CallSession,
    signal: AbortSignal,
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
    const headers = { ...transportHeaders(call), authorization: `Bearer ${token}` };
    return postJson(pool, { path: "/v1/execute", headers, body, signal, maxResponseBytes });
  };

  return {
    async invoke(call, { signal }) {
      const body = Buffer.from(JSON.stringify(call.request satisfies ExecuteRequest));
      const giveUpAtMs = performance.now() + connectRetryMs;
      for (let backoffMs = FIRST_BACKOFF_MS; ; backoffMs = Math.min(backoffMs * 2, MAX_BACKOFF_MS)) {
        try {
          return toAnswer(await attempt(call, body, signal));
        } catch (error) {
          const isRefused = error instanceof GatewayError && error.code === "runner_unreachable";
          if (!isRefused || signal.aborted || performance.now() + backoffMs > giveUpAtMs) throw error;
        }
        await delay(backoffMs, undefined, { signal }).catch((cause: unknown) => {
          throw new GatewayError("runner_unreachable", "The call was given up.", { cause });
        });
      }
    },
    async close() {
      await pool.close();
    },
  };
}

function transportHeaders({ request, idempotencyKey }: RunnerCall): Record<string, string> {
  const { context } = request;
  return {
    "content-type": "application/json",
    "x-alga-tenant": context.tenant_id,
    "x-alga-extension": context.extension_id,
    ...(context.request_id === undefined ? {} : { "x-request-id": context.request_id }),
    ...(context.install_id === undefined ? {} : { "x-ext-install-id": context.install_id }),
    ...(context.version_id === undefined ? {} : { "x-ext-version-id": context.version_id }),
    ...(idempotencyKey === undefined ? {} : { "x-idempotency-key": idempotencyKey }),
  };
}

function errorOf({ status, json }: PostAnswer): string | null {
  if (status === 200 || typeof json !== "object" || json === null || !("error" in json)) return null;
  return typeof json.error === "string" ? json.error : null;
}

function toAnswer(answer: PostAnswer): ReturnType<typeof parseExecuteResponse> {
  if (answer.status === 200) return parseExecuteResponse(answer.json);
  throw toRunnerError(errorOf(answer) ?? `runner_transport_error: HTTP ${answer.status}`);
}
