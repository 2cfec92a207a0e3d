import type { JsonValue, Trigger } from "@alga-ext/protocol";
import { toEndpoint } from "./subscriptions.ts";

/** The first pending delivery of a lane, with everything that decides what becomes of it. */
export interface LaneHead {
  readonly tenantId: string;
  readonly installId: string;
  readonly registryId: string;
  readonly sourceId: string;
  readonly deliveryId: string;
  readonly kind: "event" | "schedule";
  /** Attempts begun so far, whether or not they ended. */
  readonly attempts: number;
  readonly scheduledFor: Date | null;
  /** Null when it is gone; an uninstalled one is there until its data is swept. */
  readonly install: { readonly isEnabled: boolean; readonly versionId: string } | null;
  readonly subscription: { readonly handler: string; readonly isPaused: boolean } | null;
  readonly event: {
    readonly id: string;
    readonly topic: string;
    readonly key: string | null;
    readonly payload: JsonValue;
    readonly emittedAt: Date;
  } | null;
  readonly schedule: {
    readonly isEnabled: boolean;
    readonly payload: JsonValue | null;
    readonly method: string;
    readonly path: string;
    readonly versionId: string;
  } | null;
}

/** Why a delivery ends without being made. */
export type CancelReason =
  | "uninstalled"
  | "unsubscribed"
  | "install_disabled"
  | "schedule_deleted"
  | "schedule_disabled";

/** What becomes of a {@link LaneHead}. */
export type Verdict =
  | { readonly kind: "deliver"; readonly trigger: Trigger }
  /** Wait until someone resumes the subscription or switches the install on. */
  | { readonly kind: "hold" }
  | { readonly kind: "cancel"; readonly reason: CancelReason }
  | { readonly kind: "bury"; readonly reason: "too_many_attempts" | "endpoint_missing" };

/** Decide what becomes of the first delivery of a lane. */
export function judgeHead(head: LaneHead, { maxAttempts }: { readonly maxAttempts: number }): Verdict {
  const { install } = head;
  if (install === null) return { kind: "cancel", reason: "uninstalled" };
  const common = {
    tenantId: head.tenantId,
    installId: head.installId,
    registryId: head.registryId,
    deliveryId: head.deliveryId,
    attempt: head.attempts + 1,
  };
  const { event, subscription, schedule } = head;
  if (head.kind === "event") {
    if (event === null || subscription === null) return { kind: "cancel", reason: "unsubscribed" };
    if (subscription.isPaused || !install.isEnabled) return { kind: "hold" };
    // Attempts are counted when they begin, so what kills its worker every time ends here as well.
    if (head.attempts >= maxAttempts) return { kind: "bury", reason: "too_many_attempts" };
    const { id: eventId, topic, key, payload, emittedAt } = event;
    const endpoint = toEndpoint(subscription.handler);
    return {
      kind: "deliver",
      trigger: {
        ...common,
        kind: "event",
        endpoint,
        payload,
        topic,
        key,
        eventId,
        emittedAt: emittedAt.toISOString(),
      },
    };
  }
  if (schedule === null) return { kind: "cancel", reason: "schedule_deleted" };
  if (!install.isEnabled) return { kind: "cancel", reason: "install_disabled" };
  // A run by hand runs though the schedule is switched off.
  if (!schedule.isEnabled && head.scheduledFor !== null)
    return { kind: "cancel", reason: "schedule_disabled" };
  if (schedule.versionId !== install.versionId) return { kind: "bury", reason: "endpoint_missing" };
  if (head.attempts >= maxAttempts) return { kind: "bury", reason: "too_many_attempts" };
  const { method, path, payload } = schedule;
  return {
    kind: "deliver",
    trigger: {
      ...common,
      kind: "schedule",
      endpoint: { method, path },
      payload,
      scheduleId: head.sourceId,
      scheduledFor: head.scheduledFor?.toISOString() ?? null,
    },
  };
}
