import {
  CodedError,
  SCHEDULER_STATUS,
  type HostApi,
  type JsonValue,
  type SchedulerOperation,
} from "@alga-ext/protocol";
import type { HostCapability } from "../ports.ts";

const OPERATIONS = new Set<unknown>(["list", "get", "create", "update", "delete", "getEndpoints"]);

/** The scheduler of the host API as a capability (contract §1.8.2); null when the host has none. */
export function toSchedulerCapability(hostApi: HostApi): HostCapability | null {
  if (hostApi.scheduler === undefined) return null;
  return {
    route: "scheduler",
    grant: "cap:scheduler.manage",
    async call({ tenantId, installId, body }) {
      if (!OPERATIONS.has(body["operation"])) {
        throw new CodedError(
          "VALIDATION_FAILED",
          SCHEDULER_STATUS.VALIDATION_FAILED,
          "operation must be list, get, create, update, delete or getEndpoints.",
        );
      }
      const { user: _, ...operation } = body;
      // Only its outline is known; what each field may hold is the scheduler's to check.
      const result = await hostApi.scheduler?.(
        { tenantId, installId },
        operation as unknown as SchedulerOperation,
      );
      const hasFailed = result !== undefined && "success" in result && !result.success;
      const status = hasFailed ? 400 : operation["operation"] === "create" ? 201 : 200;
      return { status, body: (result ?? null) as unknown as JsonValue };
    },
  };
}
