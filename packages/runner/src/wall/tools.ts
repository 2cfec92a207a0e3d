import { accessSync, constants, realpathSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Programs a wall is built from; each an absolute path, or null when the machine does not have it. */
export interface WallTools {
  readonly node: string;
  readonly bwrap: string | null;
  readonly unshare: string | null;
  readonly setpriv: string | null;
  readonly prlimit: string | null;
  readonly nice: string | null;
  readonly chroot: string | null;
  readonly isRoot: boolean;
}

/** Look for the programs on `PATH` and in the system directories. */
export function findWallTools(overrides: Partial<WallTools> = {}): WallTools {
  const directories = [
    ...(process.env["PATH"] ?? "").split(delimiter),
    "/usr/bin",
    "/bin",
    "/usr/sbin",
    "/sbin",
  ];
  const find = (name: string): string | null => {
    for (const directory of directories) {
      if (!directory.startsWith("/")) continue;
      const path = join(directory, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        continue;
      }
    }
    return null;
  };
  return {
    node: realpathSync(process.execPath),
    bwrap: find("bwrap"),
    unshare: find("unshare"),
    setpriv: find("setpriv"),
    prlimit: find("prlimit"),
    nice: find("nice"),
    chroot: find("chroot"),
    isRoot: process.getuid?.() === 0,
    ...overrides,
  };
}
