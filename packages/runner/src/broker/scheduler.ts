import {
  CodedError,
  SCHEDULER_STATUS,
  type EndpointInfo,
  type JsonValue,
  type ScheduleInfo,
  type ScheduleInput,
  type ScheduleMutationResult,
  type SchedulerErrorCode,
  type SchedulerOperation,
} from "@alga-ext/protocol";
import type { HostAnswer } from "../cells/cell.ts";
import type { WireValue } from "../frames/wire-value.ts";
import type { HostScheduler } from "../ports.ts";
import { err, ok, record, text, type CapabilityFunction, type CapabilityInterface } from "./capability.ts";

const MUTATIONS: ReadonlySet<string> = new Set(["createSchedule", "updateSchedule", "deleteSchedule"]);
/** What the WIT calls each refusal (contract §4.3). */
const ERRORS: Readonly<Record<SchedulerErrorCode, string>> = {
  VALIDATION_FAILED: "validation-failed",
  UNAUTHORIZED: "denied",
  NOT_ALLOWED: "denied",
  NOT_FOUND: "not-found",
  RATE_LIMITED: "quota-exceeded",
  INTERNAL_ERROR: "internal",
};

/** `alga:extension/scheduler`: the install's schedules, through the host API. */
export function createSchedulerInterface(host: HostScheduler | null): CapabilityInterface {
  const query =
    (
      toOperation: (args: readonly WireValue[]) => SchedulerOperation,
      toValue: (result: unknown) => WireValue,
    ): CapabilityFunction =>
    async ({ scope, ending }, args) => {
      if (scope.installId === "") return err("denied");
      if (host === null) return err("internal");
      try {
        return ok(toValue(await host.scheduler(scope, toOperation(args), { signal: ending.signal })));
      } catch (error) {
        return err(ERRORS[codeOf(error)]);
      }
    };
  const mutation =
    (toOperation: (args: readonly WireValue[]) => SchedulerOperation): CapabilityFunction =>
    async ({ scope, ending }, args) => {
      if (scope.installId === "") return failed("Install ID missing");
      if (host === null) return failed("internal");
      try {
        const result = await host.scheduler(scope, toOperation(args), { signal: ending.signal });
        return toMutationAnswer(result as ScheduleMutationResult);
      } catch (error) {
        if (error instanceof PayloadError) return failed("payload is not JSON", { payload: "is not JSON" });
        const isKnown = error instanceof CodedError && codeOf(error) !== "INTERNAL_ERROR";
        return isKnown ? failed(error.message, fieldsOf(error)) : failed("internal");
      }
    };

  return {
    grant: "cap:scheduler.manage",
    denied: (fn) =>
      MUTATIONS.has(fn) ? failed("Permission denied: cap:scheduler.manage not granted") : err("denied"),
    functions: {
      listSchedules: query(
        () => ({ operation: "list" }),
        (result) => (result as { schedules: readonly ScheduleInfo[] }).schedules.map(toSchedule),
      ),
      getSchedule: query(
        ([id]) => ({ operation: "get", scheduleId: text(id) }),
        (result) => {
          const { schedule } = result as { schedule: ScheduleInfo | null };
          return schedule === null ? null : toSchedule(schedule);
        },
      ),
      getEndpoints: query(
        () => ({ operation: "getEndpoints" }),
        (result) => (result as { endpoints: readonly EndpointInfo[] }).endpoints.map(toEndpoint),
      ),
      createSchedule: mutation(([input]) => {
        const fields = toFields(input);
        return { operation: "create", ...fields, endpoint: fields.endpoint ?? "", cron: fields.cron ?? "" };
      }),
      updateSchedule: mutation(([id, input]) => ({
        operation: "update",
        scheduleId: text(id),
        ...toFields(input),
      })),
      deleteSchedule: mutation(([id]) => ({ operation: "delete", scheduleId: text(id) })),
    },
  };
}

class PayloadError extends Error {}

/** Only what was given: the host keeps what is absent. Empty text clears, as the WIT has no null inside an option. */
function toFields(input: WireValue): Partial<ScheduleInput> {
  const { endpoint, cron, timezone, enabled, name, payload } = record(input);
  return {
    ...(typeof endpoint === "string" ? { endpoint } : {}),
    ...(typeof cron === "string" ? { cron } : {}),
    ...(typeof timezone === "string" ? { timezone } : {}),
    ...(typeof enabled === "boolean" ? { enabled } : {}),
    ...(typeof name === "string" ? { name: name === "" ? null : name } : {}),
    ...(typeof payload === "string" ? { payload: payload === "" ? null : parse(payload) } : {}),
  };
}

function parse(payload: string): JsonValue {
  try {
    return JSON.parse(payload) as JsonValue;
  } catch (cause) {
    throw new PayloadError("The payload is not JSON.", { cause });
  }
}

function toSchedule(schedule: ScheduleInfo): WireValue {
  const { payload, lastRunAt, lastRunStatus, lastError, createdAt, ...rest } = schedule;
  return {
    id: rest.id,
    endpointPath: rest.endpointPath,
    endpointMethod: rest.endpointMethod,
    name: rest.name,
    cron: rest.cron,
    timezone: rest.timezone,
    enabled: rest.enabled,
    payload: payload === null ? null : JSON.stringify(payload),
    lastRunAt,
    lastRunStatus,
    lastError,
    createdAt,
  };
}

function toEndpoint({ id, method, path, handler, schedulable }: EndpointInfo): WireValue {
  return { id, method, path, handler, schedulable };
}

function toMutationAnswer(result: ScheduleMutationResult): HostAnswer {
  if (!result.success) return failed(result.error, result.fieldErrors);
  return ok({ success: true, scheduleId: result.scheduleId ?? null, error: null, fieldErrors: null });
}

function failed(error: string, fields: Readonly<Record<string, string>> = {}): HostAnswer {
  const fieldErrors = Object.keys(fields).length === 0 ? null : JSON.stringify(fields);
  return ok({ success: false, scheduleId: null, error, fieldErrors });
}

function codeOf(error: unknown): SchedulerErrorCode {
  if (!(error instanceof CodedError) || !Object.hasOwn(SCHEDULER_STATUS, error.code)) return "INTERNAL_ERROR";
  return error.code as SchedulerErrorCode;
}

/** What the host says about single fields, when it does. */
function fieldsOf({ details }: CodedError): Record<string, string> {
  const fields: unknown = details["fieldErrors"];
  if (typeof fields !== "object" || fields === null) return {};
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}
