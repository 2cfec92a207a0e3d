import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

const PATIENCE_MS = 2_000;
const LOOK_MS = 20;

/** Which of these processes outlive the moment; one that only waits to be collected does not live. */
export async function survivors(pids: readonly number[]): Promise<readonly number[]> {
  const until = performance.now() + PATIENCE_MS;
  let alive = pids.filter(isAlive);
  while (alive.length > 0 && performance.now() < until) {
    await delay(LOOK_MS);
    alive = alive.filter(isAlive);
  }
  return alive;
}

function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in parentheses may hold anything.
    return stat.slice(stat.lastIndexOf(")") + 2)[0] !== "Z";
  } catch {
    return false;
  }
}
