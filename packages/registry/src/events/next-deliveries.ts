import type { Trigger } from "@alga-ext/protocol";
import type { TenantDb } from "../db/registry-db.ts";
import { SCHEDULE_LIMITS } from "../schedules/limits.ts";
import { disableSchedule } from "../schedules/remap-schedules.ts";
import type { ClaimedLane } from "./claim-lanes.ts";
import { judgeHead, type LaneHead, type Verdict } from "./judge-head.ts";
import { laneName, removeEmpty, setDue } from "./lane-set.ts";
import { readHeads } from "./read-heads.ts";

/**
 * Hand out the next delivery of each of some locked lanes, by name, and renew the leases. Those without one are empty,
 * and gone, or held.
 */
export async function nextDeliveries(
  tx: TenantDb,
  request: {
    readonly tenantId: string;
    readonly lanes: readonly ClaimedLane[];
    readonly now: number;
    readonly leaseMs: number;
    readonly timeoutMs: number;
    readonly maxAttempts: number;
  },
): Promise<Map<string, Trigger>> {
  const { tenantId, maxAttempts } = request;
  const now = new Date(request.now);
  const given = new Map<string, { readonly lane: ClaimedLane; readonly trigger: Trigger }>();
  // Lanes are looked at again until each has something to deliver, or nothing.
  for (let open = request.lanes; open.length > 0;) {
    const heads = await readHeads(tx, tenantId, open);
    const again: ClaimedLane[] = [];
    const empty: ClaimedLane[] = [];
    for (const lane of open) {
      const head = heads.get(laneName(lane));
      if (head === undefined) {
        empty.push(lane);
        continue;
      }
      const verdict = judgeHead(head, { maxAttempts: attemptsOf(head, maxAttempts) });
      if (verdict.kind === "deliver") given.set(laneName(lane), { lane, trigger: verdict.trigger });
      else if (verdict.kind !== "hold" || !(await hold(tx, { lane, head }))) again.push(lane);
      if (verdict.kind === "cancel" || verdict.kind === "bury") await end(tx, { lane, head, verdict, now });
    }
    const removed = await removeEmpty(tx, tenantId, empty);
    open = [...again, ...empty.filter((lane) => !removed.has(laneName(lane)))];
  }
  await begin(tx, { ...request, given: [...given.values()] });
  return new Map([...given].map(([name, { trigger }]) => [name, trigger]));
}

/** How often a delivery is attempted. */
export function attemptsOf({ kind }: Pick<Trigger, "kind">, maxAttempts: number): number {
  return kind === "event" ? maxAttempts : Math.min(maxAttempts, SCHEDULE_LIMITS.attempts);
}

/**
 * Attempts are counted when they begin: one that takes its worker with it must count. Leases are renewed when not enough
 * is left of them for a call.
 */
async function begin(
  tx: TenantDb,
  request: {
    readonly tenantId: string;
    readonly given: readonly { readonly lane: ClaimedLane; readonly trigger: Trigger }[];
    readonly now: number;
    readonly leaseMs: number;
    readonly timeoutMs: number;
  },
): Promise<void> {
  const { tenantId, given, now, leaseMs, timeoutMs } = request;
  if (given.length === 0) return;
  // By id alone: row-level security sees to the tenant, and no planner that knows nothing of the table yet reads all
  // that the tenant has.
  await tx
    .updateTable("extension_delivery")
    .set(({ eb }) => ({ attempts: eb("attempts", "+", 1) }))
    .where(
      "id",
      "in",
      given.map(({ trigger }) => trigger.deliveryId),
    )
    .execute();
  const short = given.filter(({ lane }) => lane.leaseUntil - now < (leaseMs + timeoutMs) / 2);
  const dueAt = new Date(now + leaseMs);
  await setDue(
    tx,
    tenantId,
    short.map(({ lane }) => ({ lane, dueAt, isKept: true })),
  );
  for (const { lane } of short) lane.leaseUntil = now + leaseMs;
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
  const { tenantId } = lane;
  const subscription = await tx
    .selectFrom("extension_event_subscription")
    .select("paused_at")
    .where("tenant_id", "=", tenantId)
    .where("id", "=", lane.sourceId)
    .forShare()
    .executeTakeFirst();
  const install = await tx
    .selectFrom("tenant_extension_install")
    .select(["is_enabled", "status"])
    .where("tenant_id", "=", tenantId)
    .where("id", "=", head.installId)
    .forShare()
    .executeTakeFirst();
  if (subscription === undefined || install === undefined) return false;
  if (subscription.paused_at === null && install.is_enabled && install.status === "enabled") return false;
  await setDue(tx, tenantId, [{ lane, dueAt: null, isKept: false }]);
  return true;
}

/** What cancels one delivery cancels all that wait behind it; what buries one says nothing of the others. */
async function end(
  tx: TenantDb,
  request: {
    readonly lane: ClaimedLane;
    readonly head: LaneHead;
    readonly verdict: Extract<Verdict, { readonly kind: "cancel" | "bury" }>;
    readonly now: Date;
  },
): Promise<void> {
  const { lane, head, verdict, now } = request;
  const { tenantId, sourceId, laneKey } = lane;
  const isBuried = verdict.kind === "bury";
  await tx
    .updateTable("extension_delivery")
    .set({ state: isBuried ? "dead" : "cancelled", reason: verdict.reason, finished_at: now })
    .where("tenant_id", "=", tenantId)
    .where("state", "=", "pending")
    .$if(isBuried, (query) => query.where("id", "=", head.deliveryId))
    .$if(!isBuried, (query) => query.where("source_id", "=", sourceId).where("lane_key", "=", laneKey))
    .execute();
  if (verdict.reason === "endpoint_missing") {
    const why = "Switched off: the installed version has not the endpoint that it calls.";
    await disableSchedule(tx, { tenantId, scheduleId: sourceId, why, now });
  }
}
