import type { RegistryDb, TenantDb } from "../db/registry-db.ts";
import { enqueueRun } from "./enqueue-run.ts";
import { nextRun } from "./next-run.ts";

const BATCH = 100;

/** What {@link fireDue} works with. */
export interface FireContext {
  readonly db: RegistryDb;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/**
 * Turn every tick that is due into one owed run; answers how many.
 *
 * Any number of workers may call it at once. A tick is taken under the lock of its schedule and commits together with
 * the next one, so it is fired once: a worker that dies before has fired nothing, and one that dies after has left the
 * run for others. Ticks missed while nobody looked become one run. No run while one is still under way, and none of an
 * install that is switched off.
 */
export async function fireDue({ db, clock }: FireContext): Promise<number> {
  let fired = 0;
  for (;;) {
    const now = new Date(clock());
    const due = await db.housekeeping((tx) =>
      tx
        .selectFrom("tenant_extension_schedule")
        .select(["id", "tenant_id"])
        .where("next_run_at", "<=", now)
        .orderBy("next_run_at")
        .limit(BATCH)
        .execute(),
    );
    for (const { id, tenant_id: tenantId } of due) {
      if (await db.withTenant(tenantId, (tx) => fireOne(tx, { tenantId, scheduleId: id, now }))) fired += 1;
    }
    if (due.length < BATCH) return fired;
  }
}

async function fireOne(
  tx: TenantDb,
  {
    tenantId,
    scheduleId,
    now,
  }: { readonly tenantId: string; readonly scheduleId: string; readonly now: Date },
): Promise<boolean> {
  const schedule = await tx
    .selectFrom("tenant_extension_schedule")
    .select(["install_id", "cron", "timezone", "next_run_at"])
    .where("tenant_id", "=", tenantId)
    .where("id", "=", scheduleId)
    .where("next_run_at", "<=", now)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
  if (schedule === undefined) return false;
  const next = nextRun(schedule, now);
  await tx
    .updateTable("tenant_extension_schedule")
    .set(next === null ? { enabled: false, next_run_at: null, updated_at: now } : { next_run_at: next })
    .where("tenant_id", "=", tenantId)
    .where("id", "=", scheduleId)
    .execute();
  const install = await tx
    .selectFrom("tenant_extension_install")
    .select("registry_id")
    .where("tenant_id", "=", tenantId)
    .where("id", "=", schedule.install_id)
    .where("is_enabled", "=", true)
    .where("status", "=", "enabled")
    .executeTakeFirst();
  if (install === undefined) return false;
  const run = await enqueueRun(tx, {
    tenantId,
    scheduleId,
    installId: schedule.install_id,
    registryId: install.registry_id,
    scheduledFor: schedule.next_run_at,
    now,
  });
  return run !== null;
}
