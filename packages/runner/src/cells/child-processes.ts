import { readFile } from "node:fs/promises";

/** Pids of the processes that one has started; none when it is gone, or where there is no `/proc`. */
export async function childProcesses(pid: number): Promise<number[]> {
  const pids = await readFile(`/proc/${pid}/task/${pid}/children`, "latin1").catch(() => "");
  return (pids.match(/\d+/g) ?? []).map(Number);
}
