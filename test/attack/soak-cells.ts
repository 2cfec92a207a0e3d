import { readFileSync } from "node:fs";
import { descendants } from "./machine.ts";

const MIB = 1024 * 1024;
/** Below the runner there are also what starts a cell, and shells: none of them takes as much. */
const LEAST_CELL_BYTES = 16 * MIB;

/** What one process below the runner took, from its first look to its last. */
export interface Life {
  readonly pid: number;
  /** Looks in order: when, and resident memory in MiB. */
  readonly looks: readonly { readonly at: number; readonly mib: number }[];
}

/** Follows every cell by itself: an average over whatever happens to live says who lives, not who grows. */
export interface Lives {
  /** Look at every process below the runner. */
  look(at: number): void;
  /** Those that were there in every look between two times. */
  through(from: number, to: number): readonly Life[];
  /** Cells that ended so far. */
  readonly ended: number;
  /** Resident memory of all cells in the last look, in MiB, and how many there are. */
  readonly now: { readonly count: number; readonly mib: number };
}

/** Follow the cells of a runner. */
export function followCells(runnerPid: () => number | null): Lives {
  let living = new Map<string, { pid: number; looks: { at: number; mib: number }[] }>();
  let ended = 0;
  let now = { count: 0, mib: 0 };
  return {
    look(at) {
      const seen: typeof living = new Map();
      let count = 0;
      let mib = 0;
      for (const pid of descendants(runnerPid() ?? 0)) {
        const found = residentOf(pid);
        if (found === null || found.bytes < LEAST_CELL_BYTES) continue;
        const life = living.get(found.key) ?? { pid, looks: [] };
        life.looks.push({ at, mib: found.bytes / MIB });
        seen.set(found.key, life);
        count += 1;
        mib += found.bytes / MIB;
      }
      for (const key of living.keys()) if (!seen.has(key)) ended += 1;
      living = seen;
      now = { count, mib };
    },
    through: (from, to) =>
      [...living.values()].filter(
        ({ looks }) => (looks[0]?.at ?? Infinity) <= from && (looks.at(-1)?.at ?? 0) >= to,
      ),
    get ended() {
      return ended;
    },
    get now() {
      return now;
    },
  };
}

/** Resident memory of a process, and what names it and none that gets its pid later; null when it is gone. */
function residentOf(pid: number): { readonly key: string; readonly bytes: number } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { key: `${pid} ${fields[19]}`, bytes: Number(fields[21]) * 4_096 };
  } catch {
    return null;
  }
}
