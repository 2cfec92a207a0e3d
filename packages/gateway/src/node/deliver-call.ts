import type { ExecuteResponse } from "@alga-ext/protocol";
import { GatewayError } from "../errors.ts";
import { toRunnerError } from "../internal/runner-outcome.ts";
import { parseExecuteResponse } from "../parse-execute-response.ts";
import type { RunnerCall } from "../ports.ts";
import type { PostAnswer } from "./post-json.ts";
import type { RetryBudget } from "../internal/retry-budget.ts";
import { errorOf, type Replica } from "./runner-replica.ts";
import type { RunnerSpread } from "./runner-spread.ts";

/** How one call is delivered. */
export interface Delivery {
  readonly spread: RunnerSpread;
  readonly budget: RetryBudget;
  readonly body: Buffer;
  readonly signal: AbortSignal;
  /** Whether the call may have been admitted before and was sent again; it is not, a third time. */
  hasRepeated: boolean;
}

/**
 * Send a call to one runner after the other, each at most once, until one has taken it.
 *
 * @throws {GatewayError} of the last runner that was asked; `runner_unreachable` when none is known.
 */
export async function deliverCall(call: RunnerCall, delivery: Delivery): Promise<ExecuteResponse> {
  const { spread, budget, signal } = delivery;
  const { tenant_id: tenant, install_id: install = "" } = call.request.context;
  const key = `${tenant}\0${install}`;
  const tried = new Set<Replica>();
  let settle = (): ExecuteResponse => {
    throw new GatewayError("runner_unreachable", "No runner is known.", { retryable: true });
  };
  for (;;) {
    const replica = spread.pick(key, tried);
    if (replica === null) return settle();
    if (tried.size > 0) call.onRetry?.();
    tried.add(replica);
    try {
      // oxlint-disable-next-line no-await-in-loop -- one runner after the other
      const answer = await replica.send(call, delivery);
      if (!isNotAdmitted(answer)) return toAnswer(answer);
      spread.suspect(replica);
      settle = () => toAnswer(answer);
      if (!budget.spend()) return settle();
    } catch (error) {
      if (!(error instanceof GatewayError) || signal.aborted) throw error;
      if (!mayTryAnother(error, replica, { call, delivery })) throw error;
      settle = () => {
        throw error;
      };
    }
  }
}

/** Tell the spread what went wrong with a runner; whether the call may go to the next one. */
function mayTryAnother(
  error: GatewayError,
  replica: Replica,
  { call, delivery }: { readonly call: RunnerCall; readonly delivery: Delivery },
): boolean {
  const { spread, budget } = delivery;
  if (error.code === "not_admitted") return budget.spend();
  if (error.retryable) {
    spread.eject(replica);
    return true;
  }
  if (error.code !== "runner_crashed") return false;
  spread.suspect(replica);
  if (!isSafe(call) || delivery.hasRepeated || !budget.spend()) return false;
  delivery.hasRepeated = true;
  return true;
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
