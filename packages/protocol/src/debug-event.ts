import type { ExecuteUsage } from "./execute.ts";

/** One line of the live debug stream (contract §11). */
export interface DebugEvent {
  /** RFC 3339. */
  readonly ts: string;
  readonly level: "trace" | "debug" | "info" | "warn" | "error";
  /** `call` closes a call and says what became of it; additive to the contract. */
  readonly stream: "stdout" | "stderr" | "log" | "call";
  readonly tenantId: string;
  /** Registry id. */
  readonly extensionId: string;
  readonly installId: string | null;
  /** The same for all lines of one call. */
  readonly requestId: string | null;
  readonly versionId: string | null;
  readonly contentHash: string | null;
  /** At most 8,192 bytes of UTF-8, cut at a character. */
  readonly message: string;
  readonly truncated: boolean;
  /** Only where `stream` is `call`. */
  readonly call?: DebugCall;
}

/** How one call went: timing, outcome, and what it used of the host. */
export interface DebugCall {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** The declared pattern that matched, such as `/agreements/:id`. */
  readonly endpoint: string;
  readonly status: "ok" | "error" | "timeout" | "policy_denied" | "upstream_error";
  readonly httpStatus: number;
  /** Why it failed; null when it did not. */
  readonly error: string | null;
  /** RFC 3339. */
  readonly startedAt: string;
  /** As the host saw it, from admission to answer. */
  readonly durationMs: number;
  /** What the runner measured; null when it gave no answer. Its log lines are events of their own. */
  readonly usage: Omit<ExecuteUsage, "log_lines" | "metrics"> | null;
}
