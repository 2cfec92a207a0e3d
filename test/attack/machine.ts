import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { setTimeout as delay } from "node:timers/promises";

/** What a runner that leaks would leave behind. */
export interface Holdings {
  readonly processes: number;
  readonly descriptors: number;
  readonly sockets: number;
  readonly temporaries: number;
  readonly rssBytes: number;
  /** V8's heap and what it holds outside of it. */
  readonly heapBytes: number;
  /** Resident memory of the largest process below this one. */
  readonly cellBytes: number;
}

/** Count what this process holds: descendants, descriptors, sockets, entries of the temp directory, memory. */
export function countHoldings(): Holdings {
  const links = readdirSync("/proc/self/fd").map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return null;
    }
  });
  const { rss, heapUsed, external } = process.memoryUsage();
  const open = links.filter((link) => link !== null);
  return {
    processes: descendants(process.pid).length,
    descriptors: open.length,
    sockets: open.filter((link) => link.startsWith("socket:")).length,
    temporaries: readdirSync(tmpdir()).length,
    rssBytes: rss,
    heapBytes: heapUsed + external,
    cellBytes: Math.max(...descendants(process.pid).map(rssBytes)),
  };
}

/** Every living descendant of a process; zombies count. */
export function descendants(pid: number): number[] {
  let direct: number[];
  try {
    direct = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").split(" ").filter(Boolean).map(Number),
    );
  } catch {
    return [];
  }
  return direct.flatMap((child) => [child, ...descendants(child)]);
}

/** Resident memory of one process, in bytes; 0 when it is gone. */
export function rssBytes(pid: number): number {
  try {
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return Number(kib ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** Mappings of one process; 0 when it is gone. */
export function countMaps(pid: number): number {
  try {
    return readFileSync(`/proc/${pid}/maps`, "latin1").split("\n").length - 1;
  } catch {
    return 0;
  }
}

/** CPU time of every descendant of this process, in ms. */
export function childrenCpuMs(): ReadonlyMap<number, number> {
  const times = new Map<number, number>();
  for (const pid of descendants(process.pid)) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      times.set(pid, (Number(fields[11]) + Number(fields[12])) * 10);
    } catch {
      // It is gone.
    }
  }
  return times;
}

/** The descendant that spins: busiest of all in two looks, as one that starts or compiles is not. */
export async function findSpinner(waitMs: number): Promise<number | null> {
  const first = await findBusiest(waitMs);
  return first !== null && (await findBusiest(waitMs)) === first ? first : null;
}

/** The descendant that used most CPU time while we waited, if any used half a core: one that neighbours poll uses less. */
async function findBusiest(waitMs: number): Promise<number | null> {
  const before = childrenCpuMs();
  await delay(waitMs);
  const [busiest] = Array.from(childrenCpuMs(), ([pid, ms]) => ({
    pid,
    ms: ms - (before.get(pid) ?? ms),
  })).toSorted((one, other) => other.ms - one.ms);
  return busiest === undefined || busiest.ms < waitMs / 2 ? null : busiest.pid;
}

/** Wait until a process is gone; answers how long that took, or null after `mostMs`. */
export async function msUntilGone(pid: number, mostMs: number): Promise<number | null> {
  const started = performance.now();
  for (;;) {
    const ms = performance.now() - started;
    if (!descendants(process.pid).includes(pid)) return ms;
    if (ms > mostMs) return null;
    await delay(50);
  }
}

/** Directories that confined descendants hold open: a way out unless it is the root they are confined to. */
export function openDirectories(pid: number): { readonly pid: number; readonly isOwnRoot: boolean }[] {
  const own = statSync("/").ino;
  return descendants(pid).flatMap((one) => {
    try {
      const root = statSync(`/proc/${one}/root`);
      if (root.ino === own) return [];
      return readdirSync(`/proc/${one}/fd`).flatMap((fd) => {
        const opened = statSync(`/proc/${one}/fd/${fd}`, { throwIfNoEntry: false });
        if (opened?.isDirectory() !== true) return [];
        return [{ pid: one, isOwnRoot: opened.ino === root.ino && opened.dev === root.dev }];
      });
    } catch {
      // It is gone, or not ours to look into.
      return [];
    }
  });
}
