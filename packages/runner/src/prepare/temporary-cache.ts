import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PREFIX = "alga-runner-";
const NAME = /^alga-runner-(\d+)-[A-Za-z0-9]{6}$/;

/** Make the cache directory of a runner that was given none, and remove those of runners that were killed. */
export function makeTemporaryCache(directory: string = tmpdir()): string {
  for (const name of readdirSync(directory)) {
    const pid = Number(NAME.exec(name)?.[1] ?? 0);
    if (pid === 0 || isAlive(pid)) continue;
    try {
      rmSync(join(directory, name), { recursive: true, force: true });
    } catch {
      // Another user's, or swept by somebody else at this moment.
    }
  }
  return mkdtempSync(join(directory, `${PREFIX}${process.pid}-`));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
