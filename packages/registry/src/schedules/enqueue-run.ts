import type { TenantDb } from "../db/registry-db.ts";

/** The lane of a schedule's runs: one, so that no run overlaps another. */
export const RUN_LANE = "run";

/**
 * Note that a run of a schedule is owed and answer its id; null while one is still under way, which is then the only
 * one, and when this tick had its run already: clocks differ and are set back.
 *
 * The row is the firing: it commits together with the schedule's next tick, and workers find it by its lane.
 */
export async function enqueueRun(
  tx: TenantDb,
  run: {
    readonly tenantId: string;
    readonly scheduleId: string;
    readonly installId: string;
    readonly registryId: string;
    /** Null for a run by hand. */
    readonly scheduledFor: Date | null;
    readonly now: Date;
  },
): Promise<string | null> {
  const place = { tenant_id: run.tenantId, source_id: run.scheduleId, lane_key: RUN_LANE };
  const lane = await tx
    .insertInto("extension_delivery_lane")
    .values({ ...place, install_id: run.installId, due_at: run.now, claim: null })
    .onConflict((conflict) => conflict.doNothing())
    .returning("source_id")
    .executeTakeFirst();
  if (lane === undefined) return null;
  const delivery = await tx
    .insertInto("extension_delivery")
    .values({
      ...place,
      kind: "schedule",
      install_id: run.installId,
      registry_id: run.registryId,
      event_id: null,
      scheduled_for: run.scheduledFor,
      state: "pending",
      attempts: 0,
      last_error: null,
      reason: null,
      created_at: run.now,
      finished_at: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning("id")
    .executeTakeFirst();
  if (delivery !== undefined) return delivery.id;
  await tx
    .deleteFrom("extension_delivery_lane")
    .where("tenant_id", "=", run.tenantId)
    .where("source_id", "=", run.scheduleId)
    .where("lane_key", "=", RUN_LANE)
    .execute();
  return null;
}
