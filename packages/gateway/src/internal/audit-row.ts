import type {
  ExecuteResponse,
  ExecuteUsage,
  InstalledEndpoint,
  Principal,
  QuotaLease,
  ResolvedInstall,
} from "@alga-ext/protocol";
import type { DebugLog } from "../debug/debug-log.ts";
import { toDebugEvents } from "../debug/to-debug-events.ts";
import { GatewayError } from "../errors.ts";
import type { CallQuota, ExecutionAudit, ExecutionFinished, GatewayLogger } from "../ports.ts";

/** An open row of the execution log. */
export interface AuditRow {
  /** Keep what the runner reports about the call. */
  collect(answer: ExecuteResponse): void;
  /** Close the row with an answer the guest produced. */
  close(outcome: { readonly httpStatus: number }): void;
  /** Close the row with a failure. */
  fail(error: unknown): void;
}

interface AuditOptions {
  readonly audit: ExecutionAudit;
  readonly quota?: CallQuota;
  readonly debug?: DebugLog;
  readonly logger: GatewayLogger;
  readonly clock: () => number;
  readonly track: (work: Promise<void>) => void;
}

/**
 * Write the row that must exist before a call.
 *
 * @throws {GatewayError} `access_policy_unavailable` when it cannot be written.
 */
export async function openAuditRow(
  options: AuditOptions,
  call: {
    readonly requestId: string;
    readonly principal: Principal;
    readonly install: ResolvedInstall;
    readonly endpoint: InstalledEndpoint;
    readonly method: string;
    readonly path: string;
    /** Its place in the quota; given back with the row, or at once when there is to be no call. */
    readonly lease: QuotaLease | null;
  },
): Promise<AuditRow> {
  const { audit, quota, logger, clock, track } = options;
  const { requestId, principal, install, lease } = call;
  const startedMs = clock();
  const startedAt = new Date(startedMs).toISOString();
  const id = await audit
    .started({
      requestId,
      tenantId: install.tenantId,
      installId: install.installId,
      registryId: install.registryId,
      versionId: install.versionId,
      method: call.method,
      path: call.path,
      endpointTemplate: call.endpoint.path,
      principalKind: principal.userType,
      userId: principal.userId,
      startedAt,
    })
    .catch((cause: unknown) => {
      logger.error("audit_start_failed", { requestId, error: String(cause) });
      // A place that is not given back here lapses by itself.
      if (lease !== null && quota !== undefined) track(quota.release(lease).catch(() => undefined));
      throw new GatewayError("access_policy_unavailable", "The call could not be recorded; try again.", {
        cause,
      });
    });

  let usage: ExecuteUsage | undefined;
  const finish = (outcome: Pick<ExecutionFinished, "status" | "httpStatus" | "error">): void => {
    const now = clock();
    const row: ExecutionFinished = {
      tenantId: install.tenantId,
      durationMs: now - startedMs,
      egressBytes: usage?.egress_bytes ?? 0,
      hostCalls: usage?.host_calls ?? 0,
      cpuMs: Math.round(usage?.cpu_ms ?? 0),
      memoryMbMs: Math.round((usage?.memory_mb ?? 0) * (usage?.duration_ms ?? 0)),
      lease,
      lines: usage?.log_lines ?? [],
      finishedAt: new Date(now).toISOString(),
      ...outcome,
    };
    if (options.debug !== undefined) {
      const { method, path, endpoint } = call;
      const over = { requestId, install, method, path, endpoint: endpoint.path, startedAt };
      for (const event of toDebugEvents({ ...over, row, usage: usage ?? null })) options.debug.publish(event);
    }
    track(
      audit.finished(id, row).catch((error: unknown) => {
        logger.warn("audit_finish_failed", { requestId, error: String(error) });
      }),
    );
  };

  return {
    collect(answer) {
      usage = answer.usage;
    },
    close({ httpStatus }) {
      if (httpStatus < 400) finish({ status: "ok", httpStatus, error: null });
      else finish({ status: "upstream_error", httpStatus, error: "extension_error_status" });
    },
    fail(error) {
      const known = error instanceof GatewayError ? error : null;
      const httpStatus = known?.status ?? 503;
      if (known?.code === "deadline_exceeded") finish({ status: "timeout", httpStatus, error: "timeout" });
      else finish({ status: "error", httpStatus, error: toReason(known) });
    },
  };
}

function toReason(error: GatewayError | null): string {
  const { runnerError, reason } = error?.details ?? {};
  if (typeof runnerError === "string") return runnerError;
  if (typeof reason === "string") return reason;
  return error?.code ?? "runner_error";
}
