import type { CellCall } from "./cell.ts";
import { goneAway, notStarted } from "./cell-errors.ts";

/**
 * Wait for a start-up, but no longer than the call has or its caller waits; the start-up goes on for the next one.
 *
 * @throws {RunnerError} `deadline_exceeded` with the reason `not_started`; `execute_failed` when the caller went away
 */
export async function whileCallLasts<T>(
  startUp: Promise<T>,
  { deadlineAt, signal }: Pick<CellCall, "deadlineAt" | "signal">,
): Promise<T> {
  startUp.catch(() => undefined);
  const { promise: tooLate, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(goneAway());
  const timer = setTimeout(() => reject(notStarted()), Math.max(0, deadlineAt - performance.now()));
  if (signal?.aborted === true) onAbort();
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([startUp, tooLate]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}
