import { availableParallelism } from "node:os";
import { processCpuMs } from "../cells/process-cpu.ts";
import type { SandboxedProcess } from "../wall/sandboxed-process.ts";

/** Knows about what a process used. */
export interface CpuWatch {
  /** Whether it can have reached its limit by now, as far as it was looked at. */
  mayBeUsedUp(): boolean;
  stop(): void;
}

/** The kernel ends a process at its limit, and nobody can ask afterwards what it used. */
const LOOK_MS = 250;

/** Follow what a process and those below it use, and end it at `limitMs` of processor time, should the kernel not. */
export function watchCpu(child: Pick<SandboxedProcess, "pid" | "kill">, limitMs: number): CpuWatch {
  let usedMs = 0;
  let lookedAt = performance.now();
  const look = async (): Promise<void> => {
    const { pid } = child;
    if (pid === undefined) return;
    const at = performance.now();
    const ms = await processCpuMs(pid);
    // Less than before: it is gone.
    if (ms < usedMs) return;
    usedMs = ms;
    lookedAt = at;
    if (usedMs >= limitMs) child.kill();
  };
  const timer = setInterval(() => void look(), LOOK_MS);
  return {
    mayBeUsedUp: () => usedMs + (performance.now() - lookedAt) * availableParallelism() >= limitMs,
    stop: () => clearInterval(timer),
  };
}
