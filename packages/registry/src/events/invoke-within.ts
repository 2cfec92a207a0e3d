import type { Trigger, TriggerInvoker, TriggerOutcome } from "@alga-ext/protocol";

/**
 * Make one call and say how it ended, within a time and without rejecting: an invoker that ignores its signal must not
 * hold a lane longer than its lease.
 */
export async function invokeWithin(
  invoker: TriggerInvoker,
  trigger: Trigger,
  timeoutMs: number,
): Promise<TriggerOutcome> {
  const signal = AbortSignal.timeout(timeoutMs);
  const late = Promise.withResolvers<TriggerOutcome>();
  const expire = (): void => {
    const message = `No answer within ${timeoutMs} ms.`;
    late.resolve({ ok: false, code: "deadline_exceeded", message, retryable: true });
  };
  signal.addEventListener("abort", expire);
  try {
    return await Promise.race([invoker.invoke(trigger, { signal }), late.promise]);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { ok: false, code: "invoke_failed", message, retryable: true };
  } finally {
    signal.removeEventListener("abort", expire);
  }
}
