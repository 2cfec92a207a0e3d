import { effectiveCapabilities } from "@alga-ext/manifest";
import type {
  HostApi,
  ScheduleMutationResult,
  SchedulerErrorCode,
  SchedulerOperation,
  SchedulerResult,
} from "@alga-ext/protocol";
import type { RegistryDb, TenantDb } from "../db/registry-db.ts";
import { SchedulerError } from "../errors.ts";
import { countCall } from "./call-rate.ts";
import { readEndpoints } from "./endpoints.ts";
import { SCHEDULE_LIMITS } from "./limits.ts";
import { findOwner, type LockedOwner } from "./lock-owner.ts";
import { findSchedule, selectSchedules, toScheduleInfo } from "./schedule-row.ts";
import { changeSchedule, insertSchedule, type WriteOutcome } from "./write-schedule.ts";

const CAPABILITY = "cap:scheduler.manage";
const MUTATIONS: ReadonlySet<string> = new Set(["create", "update", "delete"]);

/** The scheduler half of the host API: each operation is one transaction of one tenant. */
export function createScheduler(options: {
  readonly db: RegistryDb;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}): NonNullable<HostApi["scheduler"]> {
  const { db, clock } = options;
  return async (scope, operation) => {
    if (typeof operation !== "object" || operation === null)
      refuse("VALIDATION_FAILED", "This is no operation.");
    const now = new Date(clock());
    try {
      return await db.withTenant(scope.tenantId, (tx) => run(tx, { ...scope, operation, now }));
    } catch (error) {
      if (error instanceof SchedulerError) throw error;
      throw new SchedulerError("INTERNAL_ERROR", "The scheduler operation failed.", {
        cause: error,
        retryable: true,
      });
    }
  };
}

async function run(
  tx: TenantDb,
  request: {
    readonly tenantId: string;
    readonly installId: string;
    readonly operation: SchedulerOperation;
    readonly now: Date;
  },
): Promise<SchedulerResult> {
  const { tenantId, installId, operation, now } = request;
  const isMutation = MUTATIONS.has(operation.operation);
  const owner = await findOwner(tx, { tenantId, installId, lock: isMutation });
  assertAllowed(owner);
  if (isMutation) {
    const limit = { bucket: `schedules:${installId}`, perMinute: SCHEDULE_LIMITS.mutationsPerMinute };
    if (!(await countCall(tx, { tenantId, now, ...limit }))) {
      refuse("RATE_LIMITED", `An install may change its schedules ${limit.perMinute} times a minute.`);
    }
  }
  switch (operation.operation) {
    case "list": {
      const rows = await selectSchedules(tx, tenantId).where("s.install_id", "=", owner.installId).execute();
      return { schedules: rows.map(toScheduleInfo) };
    }
    case "get": {
      const schedule = await findSchedule(tx, { ...owner, scheduleId: toId(operation.scheduleId) });
      return { schedule: schedule === null ? null : toScheduleInfo(schedule) };
    }
    case "getEndpoints":
      return { endpoints: await readEndpoints(tx, owner.versionId) };
    case "create": {
      const { endpoint, cron, timezone, enabled, name, payload } = operation;
      const raw = { endpoint, cron, timezone, enabled, name, payload };
      return toResult(await insertSchedule(tx, owner, { raw, now }), "create");
    }
    case "update": {
      const schedule = await findSchedule(tx, { ...owner, scheduleId: toId(operation.scheduleId) });
      if (schedule === null) return NO_SCHEDULE;
      const { endpoint, cron, timezone, enabled, name, payload } = operation;
      const raw = { endpoint, cron, timezone, enabled, name, payload };
      return toResult(await changeSchedule(tx, owner, { schedule, raw, now }), "update");
    }
    case "delete": {
      const schedule = await findSchedule(tx, { ...owner, scheduleId: toId(operation.scheduleId) });
      if (schedule === null) return NO_SCHEDULE;
      await tx
        .deleteFrom("tenant_extension_schedule")
        .where("tenant_id", "=", tenantId)
        .where("id", "=", schedule.id)
        .execute();
      return { success: true };
    }
    default:
      return refuse(
        "VALIDATION_FAILED",
        "The operation must be list, get, create, update, delete or getEndpoints.",
      );
  }
}

const NO_SCHEDULE: ScheduleMutationResult = {
  success: false,
  error: "There is no such schedule.",
  fieldErrors: { scheduleId: "names no schedule of this install" },
};

function assertAllowed(owner: LockedOwner | null): asserts owner is LockedOwner {
  if (owner === null) refuse("NOT_FOUND", "There is no such install.");
  if (!owner.isEnabled) refuse("UNAUTHORIZED", "The install is not active.");
  const effective = effectiveCapabilities([...owner.declaredCapabilities], [...owner.grantedCapabilities]);
  if (!effective.includes(CAPABILITY)) refuse("NOT_ALLOWED", `${CAPABILITY} is not granted to this install.`);
}

function toResult(outcome: WriteOutcome, operation: "create" | "update"): ScheduleMutationResult {
  if (outcome.errors === null) {
    return operation === "create" ? { success: true, scheduleId: outcome.id } : { success: true };
  }
  const [first] = Object.entries(outcome.errors);
  const error = first === undefined ? "The schedule is not valid." : `${first[0]} ${first[1]}.`;
  return { success: false, error, fieldErrors: outcome.errors };
}

function toId(value: unknown): string {
  return typeof value === "string" ? value : refuse("VALIDATION_FAILED", "scheduleId must be text.");
}

function refuse(code: SchedulerErrorCode, message: string): never {
  throw new SchedulerError(code, message);
}
