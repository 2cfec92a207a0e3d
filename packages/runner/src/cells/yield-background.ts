import { readdir } from "node:fs/promises";
import { constants, getPriority, setPriority } from "node:os";
import { childProcesses } from "./child-processes.ts";

/** Below the first thread: a tenth of a processor that others want, so never none; all of one that nobody wants. */
const NICENESS = 10;

/**
 * Let all threads but the first of a process, and of those below it, give way to whatever else waits for a processor.
 *
 * A cell's first thread runs guests. The others compile what ran often: that makes its next calls faster, while the
 * calls of everybody else are now, and after a start of many cells it is half of what they take of the machine. Nothing
 * happens where there is no `/proc`, or for a process that is gone; never rejects.
 */
export async function yieldBackground(pid: number): Promise<void> {
  const [threads, children] = await Promise.all([
    readdir(`/proc/${pid}/task`).catch(() => []),
    childProcesses(pid),
  ]);
  try {
    const niceness = Math.min(constants.priority.PRIORITY_LOW, getPriority(pid) + NICENESS);
    for (const thread of threads) if (thread !== String(pid)) setPriority(Number(thread), niceness);
  } catch {
    // It ended meanwhile.
  }
  await Promise.all(children.map(yieldBackground));
}
