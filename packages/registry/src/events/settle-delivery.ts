import type { Trigger, TriggerOutcome } from "@alga-ext/protocol";
import { sql } from "kysely";
import type { TenantDb } from "../db/registry-db.ts";
import { disableSchedule } from "../schedules/remap-schedules.ts";
import type { ClaimedLane } from "./claim-lanes.ts";
import { EVENT_LIMITS } from "./limits.ts";
import { isLane, removeIfEmpty } from "./next-delivery.ts";

/**
 * What became of the lane with the end of an attempt. `open`: more may be owed in it. `lost`: another worker has it by
 * now, and repeats the delivery.
 */
export type Settlement = "open" | "empty" | "retry" | "lost";

/**
 * Write down how an attempt ended.
 *
 * @param request.retryAt when to try again; null when this was the last attempt.
 */
export async function settleDelivery(
  tx: TenantDb,
  request: {
    readonly lane: ClaimedLane;
    readonly trigger: Trigger;
    readonly outcome: TriggerOutcome;
    readonly now: number;
    readonly retryAt: number | null;
  },
): Promise<Settlement> {
  const { lane, trigger, outcome, retryAt } = request;
  const now = new Date(request.now);
  const error = outcome.ok
    ? null
    : `${outcome.code}: ${outcome.message}`.slice(0, EVENT_LIMITS.lastErrorLength);
  const isRetried = !outcome.ok && retryAt !== null;
  const state = outcome.ok ? "delivered" : isRetried ? "pending" : "dead";
  const reason = outcome.ok || isRetried ? null : outcome.retryable ? "too_many_attempts" : "refused";
  // Only under the lane's lock, and only while the lane is ours, does anything about its deliveries change.
  const { rows } = await sql`with held as materialized (
      select from extension_delivery_lane l where ${isLane(lane)} for update)
    update extension_delivery set state = ${state}, last_error = ${storable(error)}, reason = ${reason},
        finished_at = ${isRetried ? null : now}
      where tenant_id = ${lane.tenantId} and id = ${trigger.deliveryId} and exists (select from held)
      returning id`.execute(tx);
  if (rows.length === 0) return "lost";
  if (trigger.kind === "schedule") await noteRun(tx, { trigger, outcome, error: storable(error), now });
  if (isRetried) {
    await sql`update extension_delivery_lane l set due_at = ${new Date(retryAt)}, claim = null
      where ${isLane(lane)}`.execute(tx);
    return "retry";
  }
  return (await removeIfEmpty(tx, lane)) ? "empty" : "open";
}

/** Give a lane back though more is owed in it, so that others get their turn. */
export async function yieldLane(tx: TenantDb, lane: ClaimedLane, now: number): Promise<void> {
  await sql`update extension_delivery_lane l set due_at = ${new Date(now)}, claim = null
    where ${isLane(lane)}`.execute(tx);
}

async function noteRun(
  tx: TenantDb,
  {
    trigger,
    outcome,
    error,
    now,
  }: {
    readonly trigger: Extract<Trigger, { readonly kind: "schedule" }>;
    readonly outcome: TriggerOutcome;
    readonly error: string | null;
    readonly now: Date;
  },
): Promise<void> {
  const { tenantId, scheduleId } = trigger;
  await tx
    .updateTable("tenant_extension_schedule")
    .set({ last_run_at: now, last_run_status: outcome.ok ? "success" : "error", last_error: error })
    .where("tenant_id", "=", tenantId)
    .where("id", "=", scheduleId)
    .execute();
  if (!outcome.ok && outcome.code === "endpoint_not_found") {
    const why = `Switched off: ${error ?? outcome.code}`.slice(0, EVENT_LIMITS.lastErrorLength);
    await disableSchedule(tx, { tenantId, scheduleId, why, now });
  }
}

/** What an extension answered may hold what Postgres does not store. */
function storable(text: string | null): string | null {
  return text === null ? null : text.replaceAll("\0", "�").toWellFormed();
}
