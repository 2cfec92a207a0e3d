import { readdirSync, rmdirSync } from "node:fs";
import { join } from "node:path";

/** Start of a jail directory's name; the id of its runner follows. */
export const JAIL_PREFIX = "alga-jail-";

const JAIL = /^alga-jail-(\d+)-[A-Za-z0-9]{6}$/;

/**
 * Remove the directories of runners that were killed before they could.
 *
 * They are empty, since what is mounted there exists in cells only, so a directory that is not empty is none of ours.
 * One taken from a runner in another pid namespace comes back by itself: a cell makes its directory if it is missing.
 */
export function sweepJails(directory: string): void {
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch {
    return;
  }
  for (const name of names) {
    const pid = Number(JAIL.exec(name)?.[1] ?? 0);
    if (pid === 0 || isAlive(pid)) continue;
    try {
      rmdirSync(join(directory, name));
    } catch {
      // Another user's, or swept by somebody else at this moment.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
