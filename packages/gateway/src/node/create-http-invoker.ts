import { setTimeout as delay } from "node:timers/promises";
import type { ExecuteRequest, ExecuteResponse } from "@alga-ext/protocol";
import { GatewayError } from "../errors.ts";
import { toRunnerError } from "../internal/runner-outcome.ts";
import { parseExecuteResponse } from "../parse-execute-response.ts";
import type { CallAuthority, GatewayLogger, RunnerCall, RunnerInvoker } from "../ports.ts";
import { followRunners, toOrigins } from "./follow-runners.ts";
import type { PostAnswer } from "./post-json.ts";
import { createRetryBudget } from "./retry-budget.ts";
import { createReplica, errorOf, type Replica } from "./runner-replica.ts";
import { createRunnerSpread, type RunnerStatus } from "./runner-spread.ts";

/** Options of {@link createHttpInvoker}; one of `baseUrl`, `runners` and `discover` is needed. */
export interface HttpInvokerOptions {
  /** Internal base of the only runner, such as `http://127.0.0.1:8080`. */
  readonly baseUrl?: string;
  /** Internal base of each runner. Name processes, not a balancer in front of them: each has sessions of its own. */
  readonly runners?: readonly string[];
  /** Who the runners are now; asked at the start and then every `discoverEveryMs`. */
  readonly discover?: (about: { readonly signal: AbortSignal }) => Promise<readonly string[]>;
  /** @default 5000 */
  readonly discoverEveryMs?: number;
  readonly calls: CallAuthority;
  /** Calls in flight at once to each runner; seven times as many wait, more are `not_admitted`. @default 128 */
  readonly connections?: number;
  /** How long runners that refuse connections are tried again, in milliseconds. @default 2000 */
  readonly connectRetryMs?: number;
  /** How often each of several runners is asked whether it is ready, in milliseconds. @default 1000 */
  readonly probeEveryMs?: number;
  /** How long a runner that joins or returns takes to get all of its installs, in milliseconds. @default 5000 */
  readonly rampMs?: number;
  /** Largest answer read, in bytes of JSON. @default 67108864 */
  readonly maxResponseBytes?: number;
  /** @default silent */
  readonly logger?: GatewayLogger;
}

/** A {@link RunnerInvoker} that holds connections. */
export interface HttpInvoker extends RunnerInvoker {
  /** The runners known now. */
  runners(): readonly RunnerStatus[];
  /** Wait for calls in flight and close the connections. */
  close(): Promise<void>;
}

const SILENT: GatewayLogger = { warn() {}, error() {} };
const FIRST_BACKOFF_MS = 50;
const MAX_BACKOFF_MS = 400;
const MAX_CONNECT_MS = 1000;

/**
 * Call runners over HTTP: calls of one install go to one runner, whose cell for it is warm; a session with each runner,
 * and a token per call over exactly the bytes sent.
 *
 * Another runner is tried, and the same one again, only when no call was admitted: nothing was sent, or the runner
 * answered `not_admitted`. Once a call may have been admitted, only GET and HEAD are sent a second time, once, and only
 * because the connection was lost.
 *
 * @throws {TypeError} when an address is no URL, or none is given.
 *
 * @example
 * const invoker = createHttpInvoker({ runners: ["http://10.0.0.1:8080", "http://10.0.0.2:8080"], calls });
 */
export function createHttpInvoker(options: HttpInvokerOptions): HttpInvoker {
  const { connectRetryMs = 2000, probeEveryMs = 1000, logger = SILENT } = options;
  const { baseUrl, runners = baseUrl === undefined ? [] : [baseUrl], discover } = options;
  if ((runners.length === 0 && discover === undefined) || (baseUrl !== undefined && options.runners)) {
    throw new TypeError("Give baseUrl, or runners, or discover.");
  }
  const replicaOptions = {
    calls: options.calls,
    connections: options.connections ?? 128,
    connectTimeoutMs: Math.min(connectRetryMs, MAX_CONNECT_MS),
    maxResponseBytes: options.maxResponseBytes ?? 64 * 1024 * 1024,
    logger,
  };
  const spread = createRunnerSpread({
    createReplica: (url) => createReplica(url, replicaOptions),
    times: { probeEveryMs, probeTimeoutMs: probeEveryMs, rampMs: options.rampMs ?? 5000 },
    logger,
  });
  spread.assign(toOrigins(runners));
  const { discoverEveryMs: everyMs = 5000 } = options;
  const follower =
    discover === undefined
      ? null
      : followRunners({ discover, everyMs, assign: (origins) => spread.assign(origins), logger });
  const budget = createRetryBudget();

  /** Send the call to one runner after the other until one has taken it, each at most once. */
  const invokeOnce = async (call: RunnerCall, about: SendOptions): Promise<ExecuteResponse> => {
    const tried = new Set<Replica>();
    const key = `${call.request.context.tenant_id}\0${call.request.context.install_id ?? ""}`;
    let settle = (): ExecuteResponse => {
      throw new GatewayError("runner_unreachable", "No runner is known.", { retryable: true });
    };
    for (;;) {
      const replica = spread.pick(key, tried);
      if (replica === null) return settle();
      if (tried.size > 0) call.onRetry?.();
      tried.add(replica);
      try {
        const answer = await replica.send(call, about);
        if (!isNotAdmitted(answer)) return toAnswer(answer);
        spread.suspect(replica);
        settle = () => toAnswer(answer);
        if (!budget.spend()) return settle();
      } catch (error) {
        if (!(error instanceof GatewayError) || about.signal.aborted) throw error;
        if (error.code === "not_admitted") {
          if (!budget.spend()) throw error;
        } else if (error.retryable) spread.eject(replica);
        else if (error.code !== "runner_crashed") throw error;
        else {
          spread.suspect(replica);
          if (!isSafe(call) || about.hasRepeated || !budget.spend()) throw error;
          about.hasRepeated = true;
        }
        settle = () => {
          throw error;
        };
      }
    }
  };

  return {
    async invoke(call, { signal }) {
      budget.earn();
      const body = Buffer.from(JSON.stringify(call.request satisfies ExecuteRequest));
      const about: SendOptions = { body, signal, hasRepeated: false };
      const giveUpAtMs = performance.now() + connectRetryMs;
      if (follower !== null && spread.status().length === 0) await follower.started;
      for (let backoffMs = FIRST_BACKOFF_MS; ; backoffMs = Math.min(backoffMs * 2, MAX_BACKOFF_MS)) {
        try {
          return await invokeOnce(call, about);
        } catch (error) {
          const isRefused = error instanceof GatewayError && error.code === "runner_unreachable";
          if (!isRefused || signal.aborted || performance.now() + backoffMs > giveUpAtMs) throw error;
        }
        const jitteredMs = backoffMs * (0.75 + Math.random() / 2);
        await delay(jitteredMs, undefined, { signal }).catch((cause: unknown) => {
          throw new GatewayError("runner_unreachable", "The call was given up.", { cause });
        });
        call.onRetry?.();
      }
    },
    runners: () => spread.status(),
    async close() {
      follower?.close();
      await spread.close();
    },
  };
}

interface SendOptions {
  readonly body: Buffer;
  readonly signal: AbortSignal;
  /** Whether a call that may have been admitted was sent again. */
  hasRepeated: boolean;
}

/** HTTP's own promise: a repeat changes nothing. */
function isSafe({ request }: RunnerCall): boolean {
  return request.http.method === "GET" || request.http.method === "HEAD";
}

/**
 * Whether this runner has no room for a call that another may take. `overloaded` is the tenant's own doing, and so is a
 * crash loop: neither may spill over onto all runners.
 */
function isNotAdmitted(answer: PostAnswer): boolean {
  const { error } = (answer.json ?? {}) as { error?: unknown };
  return typeof error === "string" && /^not_admitted(?!: crash_loop)\b/.test(error);
}

function toAnswer(answer: PostAnswer): ExecuteResponse {
  if (answer.status === 200) return parseExecuteResponse(answer.json);
  throw toRunnerError(errorOf(answer) ?? `runner_transport_error: HTTP ${answer.status}`);
}
