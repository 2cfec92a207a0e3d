import { readFile } from "node:fs/promises";
import { childProcesses } from "./child-processes.ts";

/** Linux tells CPU times in hundredths of a second. */
const TICK_MS = 10;

/** CPU time of a process and everything below it, in ms. 0 when it is gone, or where there is no `/proc`. */
export async function processCpuMs(pid: number): Promise<number> {
  const [stat, children] = await Promise.all([
    readFile(`/proc/${pid}/stat`, "latin1").catch(() => ""),
    childProcesses(pid),
  ]);
  // The name in front may have anything in it but ends with the last parenthesis; user and system time follow.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const below = await Promise.all(children.map(processCpuMs));
  return below.reduce((sum, ms) => sum + ms, (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * TICK_MS);
}
