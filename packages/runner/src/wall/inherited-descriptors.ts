import { readdirSync, readFileSync } from "node:fs";

const O_CLOEXEC = 0o2000000;

/**
 * Descriptors from 3 up that a child of this process would inherit: what our own starter left open.
 *
 * Node opens everything close-on-exec but cannot set the flag on what it was given, and no program of the wall closes
 * descriptors, so the sandboxed process does before it runs anything that is not ours. Empty without `/proc`.
 */
export function findInheritedDescriptors(): number[] {
  let names: string[];
  try {
    names = readdirSync("/proc/self/fd");
  } catch {
    return [];
  }
  return names.map(Number).filter((fd) => fd >= 3 && isInherited(fd));
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
