import type { ExecuteRequest } from "@alga-ext/protocol";
import { GatewayError } from "../errors.ts";
import type { CallAuthority, GatewayLogger, RunnerInvoker } from "../ports.ts";
import { deliverCall, type Delivery } from "./deliver-call.ts";
import { followRunners, toOrigins } from "./follow-runners.ts";
import { createRetryBudget } from "../internal/retry-budget.ts";
import { createReplica } from "./runner-replica.ts";
import { createRunnerSpread, type RunnerStatus } from "./runner-spread.ts";
import { createWaitingRoom } from "./waiting-room.ts";

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
const TRY_EVERY_MS = 25;
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
  const { connections = 128 } = options;
  const { baseUrl, runners = baseUrl === undefined ? [] : [baseUrl], discover } = options;
  if ((runners.length === 0 && discover === undefined) || (baseUrl !== undefined && options.runners)) {
    throw new TypeError("Give baseUrl, or runners, or discover.");
  }
  const room = createWaitingRoom({ tryEveryMs: TRY_EVERY_MS, atOnce: connections });
  const replicaOptions = {
    calls: options.calls,
    connections,
    connectTimeoutMs: Math.min(connectRetryMs, MAX_CONNECT_MS),
    maxResponseBytes: options.maxResponseBytes ?? 64 * 1024 * 1024,
    logger,
    onReached: () => room.open(),
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

  return {
    async invoke(call, { signal }) {
      budget.earn();
      const body = Buffer.from(JSON.stringify(call.request satisfies ExecuteRequest));
      const delivery: Delivery = { spread, budget, body, signal, hasRepeated: false };
      const giveUpAtMs = performance.now() + connectRetryMs;
      for (;;) {
        try {
          return await deliverCall(call, delivery);
        } catch (error) {
          const isRefused = error instanceof GatewayError && error.code === "runner_unreachable";
          if (!isRefused || !(await room.turn({ untilMs: giveUpAtMs, signal }))) throw error;
        }
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
