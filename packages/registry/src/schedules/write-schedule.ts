import type { JsonValue } from "@alga-ext/protocol";
import { sql } from "kysely";
import type { TenantDb } from "../db/registry-db.ts";
import { chooseEndpoint, readEndpoints } from "./endpoints.ts";
import { SCHEDULE_LIMITS } from "./limits.ts";
import { nextRun } from "./next-run.ts";
import { parseScheduleFields, type FieldErrors, type RawScheduleFields } from "./parse-input.ts";
import type { ScheduleRow } from "./schedule-row.ts";

/** The install a schedule belongs to. */
export interface ScheduleOwner {
  readonly tenantId: string;
  readonly installId: string;
  readonly versionId: string;
}

/** What writing a schedule came to: nothing was written when there are errors. */
export type WriteOutcome =
  | { readonly id: string; readonly errors: null }
  | { readonly id: null; readonly errors: FieldErrors };

const refused = (errors: FieldErrors): WriteOutcome => ({ id: null, errors });

/** Make a schedule. The install row must be locked, so that the quota holds. */
export async function insertSchedule(
  tx: TenantDb,
  owner: ScheduleOwner,
  { raw, now }: { readonly raw: RawScheduleFields; readonly now: Date },
): Promise<WriteOutcome> {
  const { fields, errors } = parseScheduleFields(raw, { now, timezone: "UTC" });
  const missing: Record<string, string> = {};
  if (raw.cron === undefined) missing["cron"] = "is missing";
  if (raw.endpoint === undefined && raw.endpointId === undefined) missing["endpoint"] = "is missing";
  const endpoint = await pickEndpoint(tx, owner, fields);
  const all = { ...errors, ...missing, ...(missing["endpoint"] === undefined ? endpoint.errors : {}) };
  if (Object.keys(all).length > 0 || endpoint.id === null || fields.cron === undefined) return refused(all);
  const { count } = await tx
    .selectFrom("tenant_extension_schedule")
    .select(sql<number>`count(*)::int`.as("count"))
    .where("tenant_id", "=", owner.tenantId)
    .where("install_id", "=", owner.installId)
    .executeTakeFirstOrThrow();
  if (count >= SCHEDULE_LIMITS.perInstall) {
    return refused({
      schedules: `of one install are at most ${SCHEDULE_LIMITS.perInstall}: delete one first`,
    });
  }
  const { cron, timezone = "UTC", enabled = true, name = null, payload = null } = fields;
  if (await isTaken(tx, owner, { name, except: null })) return refused({ name: NAME_TAKEN });
  const { id } = await tx
    .insertInto("tenant_extension_schedule")
    .values({
      tenant_id: owner.tenantId,
      install_id: owner.installId,
      endpoint_id: endpoint.id,
      name,
      cron,
      timezone,
      enabled,
      payload_json: JSON.stringify(payload),
      next_run_at: enabled ? nextRun({ cron, timezone }, now) : null,
      last_run_at: null,
      last_run_status: null,
      last_error: null,
      created_at: now,
      updated_at: now,
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  return { id, errors: null };
}

/** Change what a request names of a schedule, and nothing else. The install row must be locked. */
export async function changeSchedule(
  tx: TenantDb,
  owner: ScheduleOwner,
  {
    schedule,
    raw,
    now,
  }: { readonly schedule: ScheduleRow; readonly raw: RawScheduleFields; readonly now: Date },
): Promise<WriteOutcome> {
  const { fields, errors } = parseScheduleFields(raw, { now, timezone: schedule.timezone });
  const { cron = schedule.cron, timezone = schedule.timezone, enabled = schedule.enabled } = fields;
  const isMoved = fields.endpoint !== undefined || fields.endpointId !== undefined;
  // Switching on also asks whether the endpoint it had is still there.
  const isStarted = enabled && !schedule.enabled && !isMoved;
  const endpoint = isMoved
    ? await pickEndpoint(tx, owner, fields)
    : isStarted
      ? await pickEndpoint(tx, owner, { endpoint: `${schedule.method} ${schedule.path}` })
      : { id: schedule.endpointId, errors: {} };
  const all = { ...errors, ...endpoint.errors };
  if (Object.keys(all).length > 0 || endpoint.id === null) return refused(all);
  const next = nextRun({ cron, timezone }, now);
  if (next === null) return refused({ cron: "never comes round in this time zone" });
  const { name = schedule.name, payload = schedule.payload } = fields;
  if (await isTaken(tx, owner, { name, except: schedule.id })) return refused({ name: NAME_TAKEN });
  const isRescheduled =
    cron !== schedule.cron || timezone !== schedule.timezone || enabled !== schedule.enabled;
  await tx
    .updateTable("tenant_extension_schedule")
    .set({
      endpoint_id: endpoint.id,
      cron,
      timezone,
      enabled,
      name,
      payload_json: JSON.stringify(payload satisfies JsonValue | null),
      updated_at: now,
      ...(isRescheduled ? { next_run_at: enabled ? next : null } : {}),
    })
    .where("tenant_id", "=", owner.tenantId)
    .where("id", "=", schedule.id)
    .execute();
  return { id: schedule.id, errors: null };
}

const NAME_TAKEN = "is the name of another schedule of this install";

async function pickEndpoint(
  tx: TenantDb,
  owner: ScheduleOwner,
  fields: { readonly endpoint?: string; readonly endpointId?: string },
): Promise<{ readonly id: string | null; readonly errors: FieldErrors }> {
  if (fields.endpoint === undefined && fields.endpointId === undefined) return { id: null, errors: {} };
  const chosen = chooseEndpoint(await readEndpoints(tx, owner.versionId), fields);
  return "id" in chosen
    ? { id: chosen.id, errors: {} }
    : { id: null, errors: { [chosen.field]: chosen.problem } };
}

async function isTaken(
  tx: TenantDb,
  owner: ScheduleOwner,
  { name, except }: { readonly name: string | null; readonly except: string | null },
): Promise<boolean> {
  if (name === null) return false;
  const row = await tx
    .selectFrom("tenant_extension_schedule")
    .select("id")
    .where("tenant_id", "=", owner.tenantId)
    .where("install_id", "=", owner.installId)
    .where("name", "=", name)
    .executeTakeFirst();
  return row !== undefined && row.id !== except;
}
