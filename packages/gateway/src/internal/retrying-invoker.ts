import type { ExecuteResponse } from "@alga-ext/protocol";
import { GatewayError } from "../errors.ts";
import { createRetryBudget } from "./retry-budget.ts";
import type { RunnerCall, RunnerInvoker } from "../ports.ts";

/** An invoker that took longer to give up has tried again by itself. */
const QUICK_MS = 250;
const MIN_PAUSE_MS = 25;
const SPREAD_MS = 75;

/**
 * Give calls that were surely not made, or that change nothing, a second try: no more than one, after a short pause of
 * varying length, out of a budget, and within the call's own time.
 *
 * Which runner is tried, and trying others, is the invoker's business. Here it is what comes back: a refused connection
 * that was reported at once, a runner's `not_admitted`, and the end of a cell that worked on a GET.
 */
export function createRetryingInvoker(inner: RunnerInvoker): RunnerInvoker {
  const budget = createRetryBudget();
  return {
    async invoke(call, { signal }) {
      budget.earn();
      const startedMs = performance.now();
      let first: ExecuteResponse | GatewayError;
      try {
        first = await inner.invoke(call, { signal });
      } catch (error) {
        if (!isRefusedAtOnce(error, performance.now() - startedMs)) throw error;
        first = error;
      }
      if (!isWorthAnother(call, first) || signal.aborted || !budget.spend()) return settle(first);
      await pause(MIN_PAUSE_MS + Math.random() * SPREAD_MS, signal);
      const limits = withRest(call.request.limits, performance.now() - startedMs);
      if (signal.aborted || limits === null) return settle(first);
      call.onRetry?.();
      return inner.invoke({ ...call, request: { ...call.request, limits } }, { signal });
    },
  };
}

function isRefusedAtOnce(error: unknown, afterMs: number): error is GatewayError {
  return error instanceof GatewayError && error.code === "runner_unreachable" && afterMs < QUICK_MS;
}

function isWorthAnother(call: RunnerCall, first: ExecuteResponse | GatewayError): boolean {
  if (first instanceof GatewayError) return true;
  const [code] = first.error?.split(":", 1) ?? [];
  if (code === "not_admitted") return true;
  return code === "runner_crashed" && call.request.http.method === "GET";
}

function settle(first: ExecuteResponse | GatewayError): ExecuteResponse {
  if (first instanceof GatewayError) throw first;
  return first;
}

/** The second try gets the time that is left; null when that is none. */
function withRest(
  limits: RunnerCall["request"]["limits"],
  spentMs: number,
): NonNullable<RunnerCall["request"]["limits"]> | null {
  if (limits?.timeout_ms === undefined) return limits ?? {};
  const timeout_ms = Math.floor(limits.timeout_ms - spentMs);
  return timeout_ms > 0 ? { ...limits, timeout_ms } : null;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const onAbort = (): void => {
    clearTimeout(timer);
    resolve();
  };
  signal.addEventListener("abort", onAbort, { once: true });
  return promise.finally(() => signal.removeEventListener("abort", onAbort));
}
