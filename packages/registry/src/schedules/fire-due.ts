import { sql } from "kysely";
import type { RegistryDb, TenantDb } from "../db/registry-db.ts";
import { RegistryError } from "../errors.ts";
import type { RegistryLogger } from "../ports.ts";
import { enqueueRun } from "./enqueue-run.ts";
import { nextRun } from "./next-run.ts";

const BATCH = 100;

/** What {@link fireDue} works with. */
export interface FireContext {
  readonly db: RegistryDb;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly logger: RegistryLogger | null;
}

/**
 * Turn every tick that is due into one owed run; answers how many.
 *
 * Any number of workers may call it at once. A tick is taken under the lock of its schedule and commits together with
 * the next one, so it is fired once: a worker that dies before has fired nothing, and one that dies after has left the
 * run for others. Ticks missed while nobody looked become one run. No run while one is still under way, and none of an
 * install that is switched off.
 *
 * A schedule that cannot be fired is logged and passed over: it must not keep those of others from theirs.
 *
 * @throws {RegistryError} `database_unavailable`
 */
export async function fireDue({ db, clock, logger }: FireContext): Promise<number> {
  const now = new Date(clock());
  let fired = 0;
  for (let after: Due | undefined; ;) {
    const due = await readDue(db, { now, after });
    for (const { id: scheduleId, tenant_id: tenantId } of due) {
      try {
        if (await db.withTenant(tenantId, (tx) => fireOne(tx, { tenantId, scheduleId, now }))) fired += 1;
      } catch (error) {
        if (error instanceof RegistryError && error.code === "database_unavailable") throw error;
        logger?.error("a schedule could not be fired", { tenantId, scheduleId, error: String(error) });
      }
    }
    after = due.at(-1);
    if (after === undefined || due.length < BATCH) return fired;
  }
}

interface Due {
  readonly id: string;
  readonly tenant_id: string;
  readonly next_run_at: Date | null;
}

/** One page; by its last row and not by what is still due, so that every one is looked at once. */
function readDue(
  db: RegistryDb,
  { now, after }: { readonly now: Date; readonly after: Due | undefined },
): Promise<Due[]> {
  return db.housekeeping((tx) =>
    tx
      .selectFrom("tenant_extension_schedule")
      .select(["id", "tenant_id", "next_run_at"])
      .where("next_run_at", "<=", now)
      .$if(after !== undefined, (query) =>
        query.where(
          sql<boolean>`(next_run_at, id) > (${after?.next_run_at}::timestamptz, ${after?.id}::uuid)`,
        ),
      )
      .orderBy("next_run_at")
      .orderBy("id")
      .limit(BATCH)
      .execute(),
  );
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
