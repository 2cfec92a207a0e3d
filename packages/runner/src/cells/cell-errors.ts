import { RunnerError } from "../errors.ts";
import type { Frame } from "../frames/frame.ts";
import { UNTOUCHED } from "./cell.ts";

/** The cell is gone, and the call with it. */
export function crashed(why: string, untouched = false): RunnerError {
  return new RunnerError("runner_crashed", `The call did not finish: ${why}.`, {
    retryable: true,
    details: untouched ? { [UNTOUCHED]: true } : {},
  });
}

/** The call took too long. */
export function overdue(): RunnerError {
  return new RunnerError("deadline_exceeded", "The call ran past its deadline.");
}

/** Its time was over before the guest was asked: its cell was starting, or others were first. */
export function notStarted(): RunnerError {
  return new RunnerError("deadline_exceeded", "The call's deadline passed before it began; try again.", {
    retryable: true,
    details: { reason: "not_started", retryAfterS: 1 },
  });
}

/** What a cell gives as a reason; its words count for nothing. */
export function messageOf({ message }: Frame["header"]): string {
  return typeof message === "string" ? message.slice(0, 500) : "no reason given";
}

/** The guest ended without an answer. */
export function trapped(header: Frame["header"]): RunnerError {
  const message = messageOf(header);
  switch (header["limit"]) {
    case "deadline":
      return overdue();
    case "cpu":
      return new RunnerError("cpu_exceeded", "The call used up its CPU time.", {
        details: { limit: "cpu_ms" },
      });
    case "memory":
      return new RunnerError("memory_exceeded", `The extension ran out of memory: ${message}`, {
        details: { limit: "memory_mb" },
      });
    default:
      return new RunnerError("execute_failed", `The extension stopped: ${message}`);
  }
}

/** Nobody waits for the answer any more. */
export function goneAway(): RunnerError {
  return new RunnerError("execute_failed", "The caller went away.");
}

/** An install or tenant has too many calls under way. */
export function overloaded(limit: string): RunnerError {
  return new RunnerError(
    "overloaded",
    "Too many calls of this extension or tenant are under way; try again.",
    {
      retryable: true,
      details: { limit, retryAfterS: 1 },
    },
  );
}

/** The runner itself has no room. */
export function notAdmitted(limit: string): RunnerError {
  return new RunnerError("not_admitted", "This runner has no room for the call; try again.", {
    retryable: true,
    details: { limit, retryAfterS: 1 },
  });
}

/** An install whose cells die one after the other gets no new one for a while. */
export function resting(restMs: number): RunnerError {
  return new RunnerError("not_admitted", "This extension crashed several times in a row and rests.", {
    retryable: true,
    details: { reason: "crash_loop", retryAfterS: Math.max(1, Math.ceil(restMs / 1_000)) },
  });
}

/** The runner is going away. */
export function closing(): RunnerError {
  return new RunnerError("not_admitted", "This runner is shutting down; try again.", {
    retryable: true,
    details: { retryAfterS: 1 },
  });
}
