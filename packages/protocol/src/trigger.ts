import type { JsonValue } from "./errors.ts";

/** What every {@link Trigger} says. */
interface TriggerBase {
  readonly tenantId: string;
  readonly installId: string;
  readonly registryId: string;
  /** The declared endpoint to call. */
  readonly endpoint: { readonly method: string; readonly path: string };
  /** JSON body of the call; null for none. */
  readonly payload: JsonValue | null;
  /** Stays the same however often the delivery is repeated: what an extension recognises a repetition by. */
  readonly deliveryId: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
}

/** Something happened in the host, and the extension declared that it wants to hear of it. */
export interface EventTrigger extends TriggerBase {
  readonly kind: "event";
  readonly topic: string;
  readonly eventId: string;
  /** Events of one key arrive in order; null when order does not matter. */
  readonly key: string | null;
  /** ISO 8601. */
  readonly emittedAt: string;
}

/** A schedule is due. */
export interface ScheduleTrigger extends TriggerBase {
  readonly kind: "schedule";
  readonly scheduleId: string;
  /** ISO 8601: the tick this run stands for; null when someone asked for it by hand. */
  readonly scheduledFor: string | null;
}

/** A call that no person made. */
export type Trigger = EventTrigger | ScheduleTrigger;

/** How a {@link Trigger} ended. */
export type TriggerOutcome =
  | { readonly ok: true }
  | {
      readonly ok: false;
      /** Code of the failure, such as `endpoint_not_found` or `deadline_exceeded`. */
      readonly code: string;
      /** For people; no secrets. */
      readonly message: string;
      /** Whether the same call may succeed later. */
      readonly retryable: boolean;
    };

/** Port: lets a trigger in by the way of every call (same policy, same audit, same runner). */
export interface TriggerInvoker {
  /**
   * Make the call. Resolves for every answer, a status of 400 and above being `ok: false`; a rejection counts as a
   * failure that may pass. Aborting `signal` must cancel the call.
   */
  invoke(trigger: Trigger, options: { readonly signal: AbortSignal }): Promise<TriggerOutcome>;
}
