import { closeSync, readdirSync, readFileSync } from "node:fs";

const O_CLOEXEC = 0o2000000;

/**
 * Close the descriptors from `first` up that children of this process would inherit: what the starter of ours left open.
 *
 * Node opens everything close-on-exec, and sets the flag on what it was given up to the first gap from 16 on; no program
 * of the wall closes descriptors. Nothing happens without `/proc`.
 */
export function closeInherited(first: number): void {
  let names: string[];
  try {
    names = readdirSync("/proc/self/fd");
  } catch {
    return;
  }
  for (const fd of names.map(Number)) if (fd >= first && isInherited(fd)) closeSync(fd);
}

function isInherited(fd: number): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, "utf8"))?.[1];
    return flags === undefined || (Number.parseInt(flags, 8) & O_CLOEXEC) === 0;
  } catch {
    // It was the one that listed the directory.
    return false;
  }
}
