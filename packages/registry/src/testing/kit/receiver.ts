import type { Trigger, TriggerInvoker, TriggerOutcome } from "@alga-ext/protocol";
import type { DeliveryQueue } from "../../ports.ts";

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

/** A queue in memory whose alarms ring only when they are told to. */
export function createBell(): {
  readonly queue: DeliveryQueue;
  /** Times for which somebody asked to be woken. */
  readonly alarms: number[];
  isHeard(): boolean;
} {
  const listeners = new Set<() => void>();
  const alarms: number[] = [];
  return {
    alarms,
    isHeard: () => listeners.size > 0,
    queue: {
      async wake(at) {
        if (at === undefined) for (const look of listeners) look();
        else alarms.push(at);
      },
      async listen(look) {
        listeners.add(look);
        return {
          async stop() {
            listeners.delete(look);
          },
        };
      },
    },
  };
}
