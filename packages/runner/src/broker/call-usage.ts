import {
  EXECUTE_LIMIT_CODES,
  type CodedError,
  type ExecuteLimitName,
  type ExecuteLogLine,
  type ExecuteMetric,
  type ExecuteUsage,
} from "@alga-ext/protocol";
import { RunnerError } from "../errors.ts";
import type { CallLimits } from "./call-limits.ts";
import { createCapabilityUse, toFunctionReport, toHostReport, type CapabilityUse } from "./capability-use.ts";

/** What one call has used so far. */
export interface CallUsage {
  hostCalls: number;
  storageOps: number;
  egressRequests: number;
  egressBytes: number;
  readonly logLines: ExecuteLogLine[];
  logBytes: number;
  droppedLines: number;
  readonly metrics: Map<string, ExecuteMetric>;
  /** Limits that were reached, and what they were. */
  readonly exceeded: Map<ExecuteLimitName, number>;
  /** What it asked of the host, for whoever looks at the call. */
  readonly capabilities: CapabilityUse;
}

/** A call that has used nothing yet. */
export function createCallUsage(): CallUsage {
  return {
    hostCalls: 0,
    storageOps: 0,
    egressRequests: 0,
    egressBytes: 0,
    logLines: [],
    logBytes: 0,
    droppedLines: 0,
    metrics: new Map(),
    exceeded: new Map(),
    capabilities: createCapabilityUse(),
  };
}

/** Limits that end a call elsewhere, by the code they end it with. */
const ENDED_BY: Readonly<Record<string, ExecuteLimitName>> = {
  deadline_exceeded: "timeout_ms",
  cpu_exceeded: "cpu_ms",
  memory_exceeded: "memory_mb",
};

/**
 * The error that a failed call ends with: what the cell says, or the host call limit that made us stop it, which the
 * cell cannot tell from a trap of the guest's own. The limit that ended it is recorded.
 */
export function toCallError(error: CodedError, usage: CallUsage, limits: CallLimits): CodedError {
  const hostCalls = usage.exceeded.get("host_calls");
  if (hostCalls !== undefined && error.code === "execute_failed") return limitError("host_calls", hostCalls);
  const { limit } = error.details;
  const ending = typeof limit === "string" && isLimit(limit) ? limit : ENDED_BY[error.code];
  if (ending !== undefined) usage.exceeded.set(ending, limits[ending]);
  return error;
}

function isLimit(name: string): name is ExecuteLimitName {
  return Object.hasOwn(EXECUTE_LIMIT_CODES, name);
}

/** A limit that the supervisor itself ends a call for. */
export type EndingLimit = Extract<
  ExecuteLimitName,
  "host_calls" | `${"request" | "response"}_${"bytes" | "headers" | "header_bytes"}`
>;

/** The error of a limit that ends the call. */
export function limitError(limit: EndingLimit, value: number): RunnerError {
  return new RunnerError(EXECUTE_LIMIT_CODES[limit], `The call is above its limit ${limit} of ${value}.`, {
    details: { limit, value },
  });
}

/** The report of a call that is over. */
export function toExecuteUsage(
  usage: CallUsage,
  over: {
    readonly durationMs: number;
    /** Epoch ms. */
    readonly now: number;
    readonly cpuMs?: number;
    readonly memoryBytes?: number;
  },
): ExecuteUsage {
  const { droppedLines: dropped, logLines: lines, exceeded, metrics } = usage;
  const report: { -readonly [field in keyof ExecuteUsage]: ExecuteUsage[field] } = {
    duration_ms: tenths(over.durationMs),
    egress_bytes: usage.egressBytes,
    egress_requests: usage.egressRequests,
    host_calls: usage.hostCalls,
    storage_ops: usage.storageOps,
    log_lines: lines,
  };
  if (over.cpuMs !== undefined) report.cpu_ms = tenths(over.cpuMs);
  if (over.memoryBytes !== undefined) report.memory_mb = tenths(over.memoryBytes / (1024 * 1024));
  if (dropped > 0) {
    const ts = new Date(over.now).toISOString();
    report.log_lines = [...lines, { ts, level: "warn", message: `${dropped} log lines dropped` }];
    report.log_dropped = dropped;
  }
  const { functions, hosts } = usage.capabilities;
  if (functions.size > 0) report.capabilities = toFunctionReport(functions);
  if (hosts.size > 0) report.egress = toHostReport(hosts);
  if (metrics.size > 0) report.metrics = [...metrics.values()];
  if (exceeded.size > 0)
    report.exceeded = Array.from(exceeded, ([limit, value]) => ({
      limit,
      code: EXECUTE_LIMIT_CODES[limit],
      value,
    }));
  return report;
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}
