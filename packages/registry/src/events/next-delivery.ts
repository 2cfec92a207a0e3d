import type { Trigger } from "@alga-ext/protocol";
import { sql } from "kysely";
import type { TenantDb } from "../db/registry-db.ts";
import { SCHEDULE_LIMITS } from "../schedules/limits.ts";
import { disableSchedule } from "../schedules/remap-schedules.ts";
import type { ClaimedLane } from "./claim-lanes.ts";
import { judgeHead, type LaneHead, type Verdict } from "./judge-head.ts";
import { readHead } from "./read-head.ts";

/**
 * Hand out the next delivery of a claimed lane and renew its lease; null when the worker is done with the lane: it is
 * empty, held, or somebody else's.
 */
export async function nextDelivery(
  tx: TenantDb,
  request: {
    readonly lane: ClaimedLane;
    readonly now: number;
    readonly leaseMs: number;
    readonly maxAttempts: number;
  },
): Promise<Trigger | null> {
  const { lane, leaseMs } = request;
  const now = new Date(request.now);
  for (;;) {
    const head = await readHead(tx, lane);
    if (head === "lost") return null;
    if (head === null) {
      if (await removeIfEmpty(tx, lane)) return null;
      continue;
    }
    const verdict = judgeHead(head, { maxAttempts: attemptsOf(head, request.maxAttempts) });
    if (verdict.kind === "deliver") {
      await begin(tx, { lane, deliveryId: head.deliveryId, leaseUntil: new Date(request.now + leaseMs) });
      return verdict.trigger;
    }
    if (verdict.kind === "hold") {
      if (await hold(tx, { lane, head })) return null;
      continue;
    }
    await end(tx, { lane, head, verdict, now });
  }
}

/** How often a delivery is attempted. */
export function attemptsOf({ kind }: Pick<Trigger, "kind">, maxAttempts: number): number {
  return kind === "event" ? maxAttempts : Math.min(maxAttempts, SCHEDULE_LIMITS.attempts);
}

/**
 * Remove a lane that this transaction has locked and that nothing is owed in. A statement of its own, and therefore
 * with a view of its own: who emits commits under the lane's lock, so what was emitted before is seen here.
 */
export async function removeIfEmpty(tx: TenantDb, lane: ClaimedLane): Promise<boolean> {
  const { rows } = await sql`delete from extension_delivery_lane l where ${isLane(lane)} and not exists (
      select from extension_delivery d where d.tenant_id = l.tenant_id and d.source_id = l.source_id
        and d.lane_key = l.lane_key and d.state = 'pending')
    returning l.source_id`.execute(tx);
  return rows.length > 0;
}

/** The row of a lane, as long as it is still this worker's. */
export function isLane({ tenantId, sourceId, laneKey, claim }: ClaimedLane) {
  return sql`l.tenant_id = ${tenantId} and l.source_id = ${sourceId} and l.lane_key = ${laneKey}
    and l.claim = ${claim}`;
}

async function begin(
  tx: TenantDb,
  {
    lane,
    deliveryId,
    leaseUntil,
  }: { readonly lane: ClaimedLane; readonly deliveryId: string; readonly leaseUntil: Date },
): Promise<void> {
  await sql`with begun as (
      update extension_delivery set attempts = attempts + 1
        where tenant_id = ${lane.tenantId} and id = ${deliveryId})
    update extension_delivery_lane l set due_at = ${leaseUntil} where ${isLane(lane)}`.execute(tx);
}

/**
 * Park a lane until it is released; false when there is no reason to any more.
 *
 * Whoever resumes or switches on writes the subscription or the install first and releases parked lanes then. Locking
 * those rows here makes one wait for the other, so that no lane is parked behind the back of its release.
 */
async function hold(
  tx: TenantDb,
  { lane, head }: { readonly lane: ClaimedLane; readonly head: LaneHead },
): Promise<boolean> {
  const subscription = await tx
    .selectFrom("extension_event_subscription")
    .select("paused_at")
    .where("tenant_id", "=", lane.tenantId)
    .where("id", "=", lane.sourceId)
    .forShare()
    .executeTakeFirst();
  const install = await tx
    .selectFrom("tenant_extension_install")
    .select(["is_enabled", "status"])
    .where("tenant_id", "=", lane.tenantId)
    .where("id", "=", head.installId)
    .forShare()
    .executeTakeFirst();
  if (subscription === undefined || install === undefined) return false;
  if (subscription.paused_at === null && install.is_enabled && install.status === "enabled") return false;
  await sql`update extension_delivery_lane l set due_at = null, claim = null where ${isLane(lane)}`.execute(
    tx,
  );
  return true;
}

async function end(
  tx: TenantDb,
  {
    lane,
    head,
    verdict,
    now,
  }: {
    readonly lane: ClaimedLane;
    readonly head: LaneHead;
    readonly verdict: Extract<Verdict, { readonly kind: "cancel" | "bury" }>;
    readonly now: Date;
  },
): Promise<void> {
  const state = verdict.kind === "cancel" ? "cancelled" : "dead";
  // What cancels one delivery cancels all that wait behind it; what buries one says nothing of the others.
  await tx
    .updateTable("extension_delivery")
    .set({ state, reason: verdict.reason, finished_at: now })
    .where("tenant_id", "=", lane.tenantId)
    .where("state", "=", "pending")
    .$if(verdict.kind === "bury", (query) => query.where("id", "=", head.deliveryId))
    .$if(verdict.kind === "cancel", (query) =>
      query.where("source_id", "=", lane.sourceId).where("lane_key", "=", lane.laneKey),
    )
    .execute();
  if (verdict.reason === "endpoint_missing") {
    const why = "Switched off: the installed version has not the endpoint that it calls.";
    await disableSchedule(tx, { tenantId: lane.tenantId, scheduleId: lane.sourceId, why, now });
  }
}
