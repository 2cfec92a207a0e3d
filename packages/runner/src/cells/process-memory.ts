import { readFile } from "node:fs/promises";
import { childProcesses } from "./child-processes.ts";

const PAGE_BYTES = 4_096;

/**
 * Private memory of a process and everything below it, in bytes: what is resident without what is mapped from files,
 * which all cells share. 0 when it is gone, or where there is no `/proc`.
 */
export async function processMemory(pid: number): Promise<number> {
  const [statm, children] = await Promise.all([
    readFile(`/proc/${pid}/statm`, "latin1").catch(() => ""),
    childProcesses(pid),
  ]);
  const [, resident = "0", shared = "0"] = statm.split(" ");
  const below = await Promise.all(children.map(processMemory));
  return below.reduce((sum, bytes) => sum + bytes, (Number(resident) - Number(shared)) * PAGE_BYTES);
}
