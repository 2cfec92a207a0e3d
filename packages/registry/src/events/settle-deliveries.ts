import type { Trigger, TriggerOutcome } from "@alga-ext/protocol";
import { sql } from "kysely";
import type { TenantDb } from "../db/registry-db.ts";
import { disableSchedule } from "../schedules/remap-schedules.ts";
import type { ClaimedLane } from "./claim-lanes.ts";
import { setDue } from "./lane-set.ts";
import { EVENT_LIMITS } from "./limits.ts";

/** An attempt that has ended. */
export interface EndedAttempt {
  readonly lane: ClaimedLane;
  readonly trigger: Trigger;
  readonly outcome: TriggerOutcome;
  /** Milliseconds since the epoch; null when it is not tried again. */
  readonly retryAt: number | null;
}

/** Write down how attempts in locked lanes ended; lanes whose delivery is tried again are given back until then. */
export async function settleDeliveries(
  tx: TenantDb,
  request: { readonly tenantId: string; readonly ended: readonly EndedAttempt[]; readonly now: number },
): Promise<void> {
  const { tenantId, ended } = request;
  if (ended.length === 0) return;
  const now = new Date(request.now);
  const columns = ended.map(({ trigger, outcome, retryAt }) => {
    const error = outcome.ok ? null : toStorable(`${outcome.code}: ${outcome.message}`);
    if (outcome.ok) return { id: trigger.deliveryId, state: "delivered", error, reason: null };
    if (retryAt !== null) return { id: trigger.deliveryId, state: "pending", error, reason: null };
    const reason = outcome.retryable ? "too_many_attempts" : "refused";
    return { id: trigger.deliveryId, state: "dead", error, reason };
  });
  // By id alone, as in nextDeliveries.
  await sql`update extension_delivery d set state = v.state, last_error = v.error, reason = v.reason,
      finished_at = case when v.state = 'pending' then null else ${now}::timestamptz end
    from unnest(${columns.map(({ id }) => id)}::uuid[], ${columns.map(({ state }) => state)}::text[],
      ${columns.map(({ error }) => error)}::text[], ${columns.map(({ reason }) => reason)}::text[])
      as v (id, state, error, reason)
    where d.id = v.id`.execute(tx);
  await setDue(
    tx,
    tenantId,
    ended.flatMap(({ lane, retryAt }) =>
      retryAt === null ? [] : [{ lane, dueAt: new Date(retryAt), isKept: false }],
    ),
  );
  for (const { trigger, outcome } of ended) {
    if (trigger.kind === "schedule") await noteRun(tx, { trigger, outcome, now });
  }
}

async function noteRun(
  tx: TenantDb,
  request: {
    readonly trigger: Extract<Trigger, { readonly kind: "schedule" }>;
    readonly outcome: TriggerOutcome;
    readonly now: Date;
  },
): Promise<void> {
  const { trigger, outcome, now } = request;
  const { tenantId, scheduleId } = trigger;
  const error = outcome.ok ? null : toStorable(`${outcome.code}: ${outcome.message}`);
  await tx
    .updateTable("tenant_extension_schedule")
    .set({ last_run_at: now, last_run_status: outcome.ok ? "success" : "error", last_error: error })
    .where("tenant_id", "=", tenantId)
    .where("id", "=", scheduleId)
    .execute();
  if (!outcome.ok && outcome.code === "endpoint_not_found") {
    const why = toStorable(`Switched off: ${error ?? outcome.code}`);
    await disableSchedule(tx, { tenantId, scheduleId, why, now });
  }
}

/** What an extension answered may be long, and may hold what Postgres does not store. */
function toStorable(text: string): string {
  return text.replaceAll("\0", "\ufffd").slice(0, EVENT_LIMITS.lastErrorLength).toWellFormed();
}
