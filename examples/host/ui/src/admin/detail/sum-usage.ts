import type { UsageWindow } from "@alga-ext/registry";

/** Hours, newest first, as days of the person who looks. */
export function sumByDay(hours: readonly UsageWindow[]): readonly UsageWindow[] {
  const days = Map.groupBy(hours, ({ windowStart }) => new Date(windowStart).toDateString());
  return [...days.values()].map((windows) => {
    const sum = (read: (window: UsageWindow) => number): number =>
      windows.reduce((total, window) => total + read(window), 0);
    // The last of a group is its earliest hour.
    return {
      ...windows.at(-1)!,
      invocations: sum(({ invocations }) => invocations),
      cpuMs: sum(({ cpuMs }) => cpuMs),
      memoryMbMs: sum(({ memoryMbMs }) => memoryMbMs),
      egressBytes: sum(({ egressBytes }) => egressBytes),
    };
  });
}
