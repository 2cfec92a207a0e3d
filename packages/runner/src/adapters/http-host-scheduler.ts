import {
  CodedError,
  SCHEDULER_STATUS,
  type JsonValue,
  type SchedulerErrorCode,
  type SchedulerResult,
} from "@alga-ext/protocol";
import type { HostScheduler } from "../ports.ts";
import { postHostApi, type HostApiOptions } from "./post-host-api.ts";

/**
 * Reach the host's schedules through `/api/internal/ext-scheduler/install/{installId}`.
 *
 * A refused mutation says which fields are wrong; that is an answer. Every other refusal becomes a scheduler error with
 * the host's own words and details, by code where the body names one.
 */
export function createHttpHostScheduler(options: HostApiOptions): HostScheduler {
  return {
    async scheduler(scope, operation, { signal }) {
      const body = operation as unknown as JsonValue;
      const answer = await postHostApi(options, { route: "scheduler", scope, body }, { signal });
      const told = (answer.body ?? {}) as {
        readonly success?: unknown;
        readonly error?: unknown;
        readonly code?: unknown;
        readonly details?: unknown;
      };
      if (answer.ok || (answer.status === 400 && told.success === false))
        return answer.body as SchedulerResult;
      const code = toCode(answer.status, told.code);
      const { details } = told;
      const message = typeof told.error === "string" ? told.error : `The host answered ${answer.status}.`;
      const known = typeof details === "object" && details !== null ? details : {};
      throw new CodedError(code, SCHEDULER_STATUS[code], message, {
        details: known as { readonly [key: string]: JsonValue },
      });
    },
  };
}

/** Status map of contract §4.3. */
const BY_STATUS: Readonly<Record<number, SchedulerErrorCode>> = {
  400: "VALIDATION_FAILED",
  401: "UNAUTHORIZED",
  403: "NOT_ALLOWED",
  404: "NOT_FOUND",
  429: "RATE_LIMITED",
};

function toCode(status: number, named: unknown): SchedulerErrorCode {
  if (typeof named === "string" && Object.hasOwn(SCHEDULER_STATUS, named)) return named as SchedulerErrorCode;
  return BY_STATUS[status] ?? "INTERNAL_ERROR";
}
