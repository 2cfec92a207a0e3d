import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * Take the data directory for this process: the database must never be opened twice.
 *
 * A lock whose process is gone is taken over. Returns the release function.
 */
export async function lockDataDir(dataDir: string): Promise<() => Promise<void>> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const file = join(dataDir, "lock");
  for (let attempt = 0; ; attempt++) {
    try {
      await writeFile(file, String(process.pid), { flag: "wx" });
      return () => rm(file, { force: true });
    } catch (cause) {
      const holder = Number(await readFile(file, "utf8").catch(() => "0"));
      if (attempt > 0 || isAlive(holder)) {
        throw new Error(
          `${dataDir} is in use by process ${holder}. Stop it first, or set ALGA_DATA_DIR to another directory.`,
          { cause },
        );
      }
      await rm(file, { force: true });
    }
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
