import type { Trigger, TriggerInvoker, TriggerOutcome } from "@alga-ext/protocol";

/** What deliveries arrive at, and how it answers them. */
export interface Receiver {
  readonly invoker: TriggerInvoker;
  /** Every call, refused ones included, in order of arrival. */
  readonly calls: Trigger[];
  /** Those of one tenant that were answered with success. */
  accepted(tenantId: string): Trigger[];
  /** How calls are answered from now on. */
  answer(how: (trigger: Trigger) => TriggerOutcome | Promise<TriggerOutcome>): void;
}

/** An outcome that may pass. */
export const PASSING_FAILURE: TriggerOutcome = {
  ok: false,
  code: "internal",
  message: "not now",
  retryable: true,
};

/** Take everything that is delivered. */
export function createReceiver(): Receiver {
  const calls: Trigger[] = [];
  const accepted: Trigger[] = [];
  let how: Parameters<Receiver["answer"]>[0] = () => ({ ok: true });
  return {
    calls,
    accepted: (tenantId) => accepted.filter((trigger) => trigger.tenantId === tenantId),
    answer(next) {
      how = next;
    },
    invoker: {
      async invoke(trigger) {
        calls.push(trigger);
        const outcome = await how(trigger);
        if (outcome.ok) accepted.push(trigger);
        return outcome;
      },
    },
  };
}
