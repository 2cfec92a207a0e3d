import type { SandboxedProcess } from "./sandboxed-process.ts";

/** How strong the operating system's isolation around cells is, best first. */
export const WALL_TIERS = ["bwrap", "unshare", "none"] as const;

/** One of {@link WALL_TIERS}. */
export type WallTier = (typeof WALL_TIERS)[number];

/** Caps the operating system puts on one sandboxed process. */
export interface SandboxLimits {
  /** Private writable memory (`RLIMIT_DATA`); below 1 GiB node does not boot reliably. */
  readonly dataBytes: number;
  /** CPU time after which the kernel kills the process; absent is unlimited. */
  readonly cpuSeconds?: number;
  /** Steps of priority below this process. @default 0 */
  readonly niceness?: number;
}

/** A command line: the program and its arguments. */
export interface CommandLine {
  readonly file: string;
  readonly args: readonly string[];
}

/** The command lines of one tier. */
export interface TierCommands {
  /** Runs node with these arguments where the processes of the tier can be started from. */
  around(nodeArgs: readonly string[]): CommandLine;
  /** Runs node with these arguments inside the wall. */
  inside(nodeArgs: readonly string[], limits: SandboxLimits): CommandLine;
}

/** A wall that was tried and holds on this machine. */
export interface Wall {
  readonly tier: WallTier;
  /** Why better tiers were passed over, for the start-up log. */
  readonly passedOver: readonly string[];
  /** Start node with these arguments inside the wall. Never throws: what cannot be started ends at once. */
  start(nodeArgs: readonly string[], limits: SandboxLimits): SandboxedProcess;
  /** End everything inside. */
  close(): Promise<void>;
}
