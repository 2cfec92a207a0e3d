import type { EndpointInfo, JsonValue, ScheduleInfo } from "@alga-ext/protocol";
import { sql } from "kysely";
import type { RegistryDb, TenantDb } from "../db/registry-db.ts";
import { RegistryError } from "../errors.ts";
import { isUuid } from "../internal/is-uuid.ts";
import { decodeTimeCursor, toTimeKey } from "../internal/time-key.ts";
import { toLimit, toPage, type Page, type PageQuery } from "../releases/page.ts";
import { countCall } from "./call-rate.ts";
import { readEndpoints } from "./endpoints.ts";
import { enqueueRun } from "./enqueue-run.ts";
import { SCHEDULE_LIMITS } from "./limits.ts";
import { findOwner, type LockedOwner } from "./lock-owner.ts";
import type { FieldErrors, RawScheduleFields } from "./parse-input.ts";
import { findSchedule, selectSchedules, toScheduleInfo, type ScheduleRow } from "./schedule-row.ts";
import { changeSchedule, insertSchedule } from "./write-schedule.ts";

/** A schedule as its administrator sees it. */
export interface AdminSchedule extends ScheduleInfo {
  readonly installId: string;
  readonly registryId: string;
  readonly endpointId: string;
  /** ISO 8601; null while switched off. */
  readonly nextRunAt: string | null;
}

/** What an administrator says of a schedule: the endpoint by id, or by name as extensions do. */
export interface AdminScheduleInput {
  readonly endpointId?: string;
  /** `METHOD /path`, or `/path`. */
  readonly endpoint?: string;
  readonly cron: string;
  /** IANA name. @default "UTC" */
  readonly timezone?: string;
  /** @default true */
  readonly enabled?: boolean;
  /** Unique in the install. */
  readonly name?: string | null;
  /** Object or array. */
  readonly payload?: JsonValue | null;
}

/** One schedule of a tenant. */
export interface ScheduleRef {
  readonly tenantId: string;
  readonly scheduleId: string;
}

/** Schedules, for administrators of a tenant. They need no capability of the extension. */
export interface Schedules {
  /** Oldest first; of one install when `installId` is given. Throws `invalid_request`. */
  list(
    query: PageQuery & { readonly tenantId: string; readonly installId?: string },
  ): Promise<Page<AdminSchedule>>;
  /** Throws `schedule_not_found`. */
  get(request: ScheduleRef): Promise<AdminSchedule>;
  /** What schedules of an install may call. Throws `install_not_found`. */
  endpoints(request: { readonly tenantId: string; readonly installId: string }): Promise<EndpointInfo[]>;
  /** Throws `install_not_found`, `schedule_invalid` with `fieldErrors`. */
  create(
    request: { readonly tenantId: string; readonly installId: string } & AdminScheduleInput,
  ): Promise<AdminSchedule>;
  /** What is absent stays, null clears. Throws `schedule_not_found`, `schedule_invalid` with `fieldErrors`. */
  update(request: ScheduleRef & Partial<AdminScheduleInput>): Promise<AdminSchedule>;
  /** A run that is owed already is cancelled. Throws `schedule_not_found`. */
  delete(request: ScheduleRef): Promise<void>;
  /**
   * Run now, also when the schedule is switched off; its ticks stay as they are.
   *
   * Throws `schedule_not_found`, `schedule_running` while a run is under way, `rate_limited` after 5 in a minute.
   */
  runNow(request: ScheduleRef): Promise<{ readonly deliveryId: string }>;
}

/** What {@link createSchedules} works with. */
export interface SchedulesContext {
  readonly db: RegistryDb;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Tell a worker that something is owed. */
  readonly wake: () => Promise<void>;
}

/** The schedules of a registry. */
export function createSchedules({ db, clock, wake }: SchedulesContext): Schedules {
  return Object.freeze<Schedules>({
    list({ tenantId, installId, ...page }) {
      const limit = toLimit(page.limit);
      const after = decodeTimeCursor("schedules", page.cursor);
      return db.withTenant(tenantId, async (tx) => {
        const rows = await selectSchedules(tx, tenantId)
          .$if(installId !== undefined, (query) =>
            query.where("s.install_id", "=", isUuid(installId ?? "") ? (installId ?? "") : NOBODY),
          )
          .$if(after !== null, (query) =>
            query.where(sql<boolean>`(s.created_at, s.id) > (${after?.at}::timestamptz, ${after?.id}::uuid)`),
          )
          .limit(limit + 1)
          .execute();
        return toPage(rows, {
          limit,
          list: "schedules",
          keyOf: ({ createdAt: at, id }) => toTimeKey({ at, id }),
          toItem: toAdminSchedule,
        });
      });
    },
    get: (request) =>
      db.withTenant(request.tenantId, async (tx) => toAdminSchedule(await mustFind(tx, request))),
    endpoints: ({ tenantId, installId }) =>
      db.withTenant(tenantId, async (tx) => {
        const owner = await mustOwn(tx, { tenantId, installId, lock: false });
        return readEndpoints(tx, owner.versionId);
      }),
    create: ({ tenantId, installId, ...input }) =>
      db.withTenant(tenantId, async (tx) => {
        const owner = await mustOwn(tx, { tenantId, installId, lock: true });
        const written = await insertSchedule(tx, owner, { raw: toRaw(input), now: new Date(clock()) });
        if (written.errors !== null) throw invalid(written.errors);
        return toAdminSchedule(await mustFind(tx, { tenantId, scheduleId: written.id }));
      }),
    update: ({ tenantId, scheduleId, ...input }) =>
      db.withTenant(tenantId, async (tx) => {
        const { installId } = await mustFind(tx, { tenantId, scheduleId });
        const owner = await mustOwn(tx, { tenantId, installId, lock: true });
        const schedule = await mustFind(tx, { tenantId, scheduleId });
        const now = new Date(clock());
        const written = await changeSchedule(tx, owner, { schedule, raw: toRaw(input), now });
        if (written.errors !== null) throw invalid(written.errors);
        return toAdminSchedule(await mustFind(tx, { tenantId, scheduleId }));
      }),
    delete: ({ tenantId, scheduleId }) =>
      db.withTenant(tenantId, async (tx) => {
        const { id } = await mustFind(tx, { tenantId, scheduleId });
        await tx
          .deleteFrom("tenant_extension_schedule")
          .where("tenant_id", "=", tenantId)
          .where("id", "=", id)
          .execute();
      }),
    async runNow({ tenantId, scheduleId }) {
      const now = new Date(clock());
      const deliveryId = await db.withTenant(tenantId, async (tx) => {
        const { id, installId, registryId } = await mustFind(tx, { tenantId, scheduleId });
        const limit = { bucket: "schedule-runs", perMinute: SCHEDULE_LIMITS.runsPerMinute };
        if (!(await countCall(tx, { tenantId, now, ...limit }))) {
          throw new RegistryError("rate_limited", `At most ${limit.perMinute} runs by hand in a minute.`, {
            retryable: true,
          });
        }
        const run = { tenantId, scheduleId: id, installId, registryId, scheduledFor: null, now };
        const enqueued = await enqueueRun(tx, run);
        if (enqueued !== null) return enqueued;
        throw new RegistryError("schedule_running", "A run of this schedule is under way. Wait for its end.");
      });
      await wake();
      return { deliveryId };
    },
  });
}

const NOBODY = "00000000-0000-0000-0000-000000000000";

function toRaw(input: RawScheduleFields): RawScheduleFields {
  const { endpoint, endpointId, cron, timezone, enabled, name, payload } = input;
  return { endpoint, endpointId, cron, timezone, enabled, name, payload };
}

async function mustFind(tx: TenantDb, ref: ScheduleRef): Promise<ScheduleRow> {
  const schedule = await findSchedule(tx, { tenantId: ref.tenantId, scheduleId: ref.scheduleId });
  if (schedule === null) throw new RegistryError("schedule_not_found", "There is no such schedule.");
  return schedule;
}

async function mustOwn(
  tx: TenantDb,
  request: { readonly tenantId: string; readonly installId: string; readonly lock: boolean },
): Promise<LockedOwner> {
  const owner = await findOwner(tx, request);
  if (owner === null) throw new RegistryError("install_not_found", "This extension is not installed.");
  return owner;
}

function invalid(fieldErrors: FieldErrors): RegistryError {
  const [first] = Object.entries(fieldErrors);
  const message = first === undefined ? "The schedule is not valid." : `${first[0]} ${first[1]}.`;
  return new RegistryError("schedule_invalid", message, { details: { fieldErrors: { ...fieldErrors } } });
}

function toAdminSchedule(row: ScheduleRow): AdminSchedule {
  return {
    ...toScheduleInfo(row),
    installId: row.installId,
    registryId: row.registryId,
    endpointId: row.endpointId,
    nextRunAt: row.nextRunAt?.toISOString() ?? null,
  };
}
