import type { DebugCall, DebugEvent, ExecuteUsage, ResolvedInstall } from "@alga-ext/protocol";
import type { ExecutionFinished } from "../ports.ts";
import { cleanMessage } from "./clean-message.ts";

/** A call that is over. */
export interface FinishedCall {
  readonly requestId: string;
  readonly install: ResolvedInstall;
  readonly method: string;
  readonly path: string;
  /** The declared pattern that matched. */
  readonly endpoint: string;
  /** RFC 3339. */
  readonly startedAt: string;
  readonly row: ExecutionFinished;
  /** Null when the runner gave no answer. */
  readonly usage: ExecuteUsage | null;
}

const LEVELS = {
  ok: "info",
  upstream_error: "warn",
  policy_denied: "warn",
  error: "error",
  timeout: "error",
} as const satisfies Record<ExecutionFinished["status"], DebugEvent["level"]>;

/** The debug events of a call: its log lines in order, then one that says how it went. */
export function toDebugEvents(call: FinishedCall): readonly DebugEvent[] {
  const { install, requestId, row, usage } = call;
  const common = {
    tenantId: install.tenantId,
    extensionId: install.registryId,
    installId: install.installId,
    requestId,
    versionId: install.versionId,
    contentHash: install.contentHash,
  };
  const lines = row.lines.map((line): DebugEvent => {
    const { message, truncated } = cleanMessage(line.message);
    return {
      ...common,
      ts: toIso(line.ts) ?? row.finishedAt,
      level: line.level,
      stream: "log",
      message,
      truncated: truncated || line.truncated === true,
    };
  });
  const { status, httpStatus, error, durationMs } = row;
  // Where the extension itself answered with an error, its status says more than our word for that.
  const outcome = status === "upstream_error" ? httpStatus : (error ?? httpStatus);
  const said = `${call.method} ${call.path} ${outcome} in ${Math.round(durationMs)} ms`;
  return [
    ...lines,
    {
      ...common,
      ts: row.finishedAt,
      level: LEVELS[status],
      stream: "call",
      ...cleanMessage(said),
      call: {
        method: call.method,
        path: call.path,
        endpoint: call.endpoint,
        status,
        httpStatus,
        error,
        startedAt: call.startedAt,
        durationMs,
        usage: usage === null ? null : toCallUsage(usage),
      },
    },
  ];
}

function toCallUsage({ log_lines: _lines, metrics: _metrics, ...usage }: ExecuteUsage): DebugCall["usage"] {
  return usage;
}

function toIso(text: string): string | null {
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : new Date(at).toISOString();
}
