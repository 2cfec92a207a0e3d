import { sql } from "kysely";
import type { TenantDb } from "../db/registry-db.ts";
import type { MissingSchedule } from "../installs/install-context.ts";

/**
 * Move the schedules of an install to the endpoints of another version, by method and path, in the caller's
 * transaction.
 *
 * Answers the enabled ones that have no endpoint there: with `disableMissing` they have been switched off with a note
 * in `lastError`, without it the caller refuses the update. Schedules that are switched off already hinder nobody.
 */
export async function remapSchedules(
  tx: TenantDb,
  request: {
    readonly tenantId: string;
    readonly installId: string;
    readonly versionId: string;
    readonly disableMissing: boolean;
    readonly now: Date;
  },
): Promise<MissingSchedule[]> {
  const { tenantId, installId, versionId, disableMissing, now } = request;
  await sql`update tenant_extension_schedule s set endpoint_id = there.id
    from extension_api_endpoint here, extension_api_endpoint there
    where s.tenant_id = ${tenantId} and s.install_id = ${installId} and here.id = s.endpoint_id
      and there.version_id = ${versionId} and there.method = here.method and there.path = here.path
      and there.id <> here.id`.execute(tx);
  const missing = await tx
    .selectFrom("tenant_extension_schedule as s")
    .innerJoin("extension_api_endpoint as e", "e.id", "s.endpoint_id")
    .select(["s.id as scheduleId", "e.method", "e.path"])
    .where("s.tenant_id", "=", tenantId)
    .where("s.install_id", "=", installId)
    .where("s.enabled", "=", true)
    .where("e.version_id", "<>", versionId)
    .orderBy("s.created_at")
    .orderBy("s.id")
    .execute();
  if (disableMissing) {
    for (const { scheduleId, method, path } of missing) {
      await disableSchedule(tx, {
        tenantId,
        scheduleId,
        why: `Switched off: the installed version has no endpoint ${method} ${path}.`,
        now,
      });
    }
  }
  return missing;
}

/** Switch a schedule off on behalf of the platform, saying why in `lastError`. */
export async function disableSchedule(
  tx: TenantDb,
  request: {
    readonly tenantId: string;
    readonly scheduleId: string;
    readonly why: string;
    readonly now: Date;
  },
): Promise<void> {
  await tx
    .updateTable("tenant_extension_schedule")
    .set({ enabled: false, next_run_at: null, last_error: request.why, updated_at: request.now })
    .where("tenant_id", "=", request.tenantId)
    .where("id", "=", request.scheduleId)
    .execute();
}
