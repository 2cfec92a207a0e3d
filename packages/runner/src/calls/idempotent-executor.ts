import { hash } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { ExecuteRequest, ExecuteResponse } from "@alga-ext/protocol";
import type { CallSignal } from "../cells/call-signal.ts";
import { RunnerError } from "../errors.ts";
import type { Metrics } from "../http/metrics.ts";
import type { ExecuteOptions, Executor } from "./executor.ts";
import { createInFlight } from "./in-flight.ts";

/** Parts of {@link createIdempotentExecutor}. */
export interface IdempotentExecutorParts {
  readonly executor: Executor;
  readonly metrics: Pick<Metrics, "cache" | "call">;
  /** How long an answer is kept. */
  readonly ttlMs: number;
  /** Memory for answers that are kept; 0 keeps none. */
  readonly maxBytes: number;
}

interface Kept {
  readonly fingerprint: string;
  readonly answer: ExecuteResponse;
}

/** What was used is reported once, by the call that used it. */
const NOTHING_USED = { duration_ms: 0, egress_bytes: 0, host_calls: 0, log_lines: [] } as const;
/** One answer may take this part of the memory. */
const LARGEST_PART = 16;

/**
 * Make repeats of a call with an idempotency key one call: those that come while it runs share its answer, those that
 * come later get the guest's answer again, whatever its status. Failures of the runner are not kept.
 *
 * A key belongs to a tenant, extension, install and user. A key that is only the request's own id is the gateway's
 * stand-in for one nobody gave: a request id may be used twice for two intents, so it joins calls in flight and no more.
 *
 * The memory is this process's: the gateway's store is what counts across restarts and replicas.
 */
export function createIdempotentExecutor(parts: IdempotentExecutorParts): Executor {
  const inFlight = createInFlight<Intent, ExecuteResponse>(
    (one, other) => one.fingerprint === other.fingerprint,
  );
  const kept =
    parts.maxBytes === 0
      ? null
      : new LRUCache<string, Kept>({
          maxSize: parts.maxBytes,
          maxEntrySize: Math.ceil(parts.maxBytes / LARGEST_PART),
          sizeCalculation: ({ answer }, scope) => sizeOf(answer) + scope.length * 2,
          ttl: parts.ttlMs,
        });

  /** Fingerprints of calls with a key of their own that run now. */
  const running = new Map<string, string>();

  const executeOnce = async (
    request: ExecuteRequest,
    options: ExecuteOptions,
    key: string,
  ): Promise<ExecuteResponse> => {
    const scope = toScope(request, key);
    const intent = new Intent(request);
    const isGiven = kept !== null && key !== request.context.request_id;
    if (isGiven) {
      const { fingerprint } = intent;
      const known = kept.get(scope);
      parts.metrics.cache("idempotency", known !== undefined);
      if ((known?.fingerprint ?? running.get(scope) ?? fingerprint) !== fingerprint)
        return conflict(parts.metrics);
      if (known !== undefined) return replay(known.answer, parts.metrics);
    }
    let isFirst = false;
    const run = async (signal: CallSignal): Promise<ExecuteResponse> => {
      isFirst = true;
      if (isGiven) running.set(scope, intent.fingerprint);
      try {
        const answer = await parts.executor.execute(request, { ...options, signal });
        if (isGiven && answer.error === null) kept.set(scope, { fingerprint: intent.fingerprint, answer });
        return answer;
      } finally {
        if (isGiven) running.delete(scope);
      }
    };
    const answer = await inFlight.join({ key: scope, intent, signal: options.signal }, run);
    return isFirst ? answer : { ...answer, usage: NOTHING_USED };
  };

  return {
    execute: (request, options = {}) =>
      options.idempotencyKey === undefined
        ? parts.executor.execute(request, options)
        : executeOnce(request, options, options.idempotencyKey),
  };
}

function replay(answer: ExecuteResponse, metrics: Pick<Metrics, "call">): ExecuteResponse {
  metrics.call({ code: "replayed", durationMs: 0, egressBytes: 0 });
  return { ...answer, usage: NOTHING_USED };
}

function conflict(metrics: Pick<Metrics, "call">): ExecuteResponse {
  const { status, code } = new RunnerError("conflict", "This idempotency key was used for another request.");
  metrics.call({ code, durationMs: 0, egressBytes: 0 });
  return { status, headers: {}, body_b64: null, error: code, usage: NOTHING_USED };
}

function toScope({ context, user }: ExecuteRequest, key: string): string {
  return JSON.stringify([
    context.tenant_id,
    context.extension_id,
    context.install_id ?? null,
    user?.user_id ?? null,
    key,
  ]);
}

/** What a caller means; looked at only when another call comes under its key, which hardly any does. */
class Intent {
  readonly #request: ExecuteRequest;
  #fingerprint: string | null = null;

  constructor(request: ExecuteRequest) {
    this.#request = request;
  }

  get fingerprint(): string {
    return (this.#fingerprint ??= toFingerprint(this.#request));
  }
}

/**
 * What a caller means: ids, grants, secrets and versions may differ between two tries of one intent, and headers name
 * the try.
 */
function toFingerprint({ http }: ExecuteRequest): string {
  const query = Object.entries(http.query ?? {}).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return hash("sha256", JSON.stringify([http.method, http.path, query, http.body_b64 ?? null]));
}

function sizeOf({ headers, body_b64: body, usage }: ExecuteResponse): number {
  const texts = Object.entries(headers).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  const lines = (usage?.log_lines ?? []).reduce((sum, { message }) => sum + message.length + 100, 0);
  return 500 + (texts + lines + (body?.length ?? 0)) * 2;
}
