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

/** A wall that was tried and holds on this machine. */
export interface Wall {
  readonly tier: WallTier;
  /** Why better tiers were passed over, for the start-up log. */
  readonly passedOver: readonly string[];
  /** The command that runs node with these arguments inside the wall. */
  command(nodeArgs: readonly string[], limits: SandboxLimits): CommandLine;
  /** Remove what the wall left on disk. */
  close(): void;
}
