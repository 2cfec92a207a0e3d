import type { ExecutionLogEntry } from "@alga-ext/protocol";
import type { BadgeProps } from "@alga-ext/ui-kit";

/** How a call ended, in words that say who is to ask: the extension's maker, the administrator, or nobody. */
export interface CallOutcome {
  readonly tone: NonNullable<BadgeProps["tone"]>;
  readonly label: string;
  /** Whose word it is, when that is not plain. */
  readonly by: string | null;
}

/** What ended calls that gave no answer, by the code in the log. */
const FAILURES: Readonly<Record<string, string>> = {
  execute_failed: "Crashed",
  runner_crashed: "Crashed",
  memory_exceeded: "Out of memory",
  response_too_large: "Answer too large",
  overloaded: "Too busy",
  not_admitted: "Too busy",
};

/** Put an outcome in words. An answer with an error status is the extension's own; a failure is the host's finding. */
export function describeOutcome({
  status,
  httpStatus,
  error,
}: Pick<ExecutionLogEntry, "status" | "httpStatus" | "error">): CallOutcome {
  switch (status) {
    case "started":
      return { tone: "default", label: "Running", by: null };
    case "ok":
      return { tone: "success", label: `Answered ${httpStatus ?? ""}`.trim(), by: null };
    case "upstream_error":
      return {
        tone: httpStatus !== null && httpStatus < 500 ? "warning" : "danger",
        label: `Answered ${httpStatus ?? "an error"}`,
        by: "by the extension",
      };
    case "timeout":
      return { tone: "danger", label: "Timed out", by: null };
    case "policy_denied":
      return { tone: "warning", label: "Refused", by: "by Acme PSA" };
    default: {
      if (error === "client_disconnected") return { tone: "default", label: "Cancelled", by: "caller left" };
      const label = error !== null && Object.hasOwn(FAILURES, error) ? FAILURES[error] : undefined;
      if (label !== undefined) return { tone: "danger", label, by: null };
      const isRefusal = httpStatus !== null && httpStatus < 500;
      return isRefusal
        ? { tone: "warning", label: "Refused", by: "by Acme PSA" }
        : { tone: "danger", label: "Did not run", by: null };
    }
  }
}
