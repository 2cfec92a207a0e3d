import type { JsonValue, ScheduleInfo } from "@alga-ext/protocol";
import type { TenantDb } from "../db/registry-db.ts";
import { isUuid } from "../internal/is-uuid.ts";

/** A schedule with the endpoint it calls. */
export interface ScheduleRow {
  readonly id: string;
  readonly installId: string;
  readonly registryId: string;
  readonly name: string | null;
  readonly cron: string;
  readonly timezone: string;
  readonly enabled: boolean;
  readonly payload: JsonValue | null;
  readonly nextRunAt: Date | null;
  readonly lastRunAt: Date | null;
  readonly lastRunStatus: "success" | "error" | null;
  readonly lastError: string | null;
  readonly createdAt: Date;
  readonly endpointId: string;
  readonly method: string;
  readonly path: string;
}

/** The schedules of a tenant, oldest first. */
export function selectSchedules(tx: TenantDb, tenantId: string) {
  return tx
    .selectFrom("tenant_extension_schedule as s")
    .innerJoin("tenant_extension_install as i", (join) =>
      join.onRef("i.tenant_id", "=", "s.tenant_id").onRef("i.id", "=", "s.install_id"),
    )
    .innerJoin("extension_api_endpoint as e", "e.id", "s.endpoint_id")
    .select([
      "s.id",
      "s.install_id as installId",
      "i.registry_id as registryId",
      "s.name",
      "s.cron",
      "s.timezone",
      "s.enabled",
      "s.payload_json as payload",
      "s.next_run_at as nextRunAt",
      "s.last_run_at as lastRunAt",
      "s.last_run_status as lastRunStatus",
      "s.last_error as lastError",
      "s.created_at as createdAt",
      "e.id as endpointId",
      "e.method",
      "e.path",
    ])
    .where("s.tenant_id", "=", tenantId)
    .orderBy("s.created_at")
    .orderBy("s.id");
}

/** One schedule, of one install when that is named; null when there is none. */
export async function findSchedule(
  tx: TenantDb,
  {
    tenantId,
    scheduleId,
    installId,
  }: { readonly tenantId: string; readonly scheduleId: string; readonly installId?: string },
): Promise<ScheduleRow | null> {
  if (!isUuid(scheduleId)) return null;
  const row = await selectSchedules(tx, tenantId)
    .where("s.id", "=", scheduleId)
    .$if(installId !== undefined, (query) => query.where("s.install_id", "=", installId ?? ""))
    .executeTakeFirst();
  return row ?? null;
}

/** What leaves the registry of a schedule. */
export function toScheduleInfo(row: ScheduleRow): ScheduleInfo {
  return {
    id: row.id,
    endpointPath: row.path,
    endpointMethod: row.method,
    name: row.name,
    cron: row.cron,
    timezone: row.timezone,
    enabled: row.enabled,
    payload: row.payload,
    lastRunAt: row.lastRunAt?.toISOString() ?? null,
    lastRunStatus: row.lastRunStatus,
    lastError: row.lastError,
    createdAt: row.createdAt.toISOString(),
  };
}
