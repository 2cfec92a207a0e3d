import { RunnerError } from "../errors.ts";
import { bwrapCommands } from "./bwrap.ts";
import { startForkServer } from "./fork-server.ts";
import { bareCommands } from "./none.ts";
import { findWallTools, type WallTools } from "./tools.ts";
import { unshareCommands } from "./unshare.ts";
import type { TierCommands, Wall, WallTier } from "./wall.ts";

const GIB = 1024 * 1024 * 1024;
const PROBE_ANSWER = "walled";
// Answers only if node boots, no network device but loopback is there and the root directory is ours. It reads and writes
// descriptors: a start of the runner waits for it, and what streams are made of takes longer to load than all else.
const PROBE = `const os=require('node:os'),fs=require('node:fs');
const nets=Object.keys(os.networkInterfaces()).filter(n=>n!=='lo');
const open=nets.length>0||fs.existsSync('/etc')||fs.existsSync('/home');
fs.readSync(0,Buffer.alloc(1));fs.writeSync(1,open?'open':'${PROBE_ANSWER}')`;

/** Options of {@link raiseWall}. */
export interface RaiseWallOptions {
  /** Run without a wall when no tier holds. @default false */
  readonly allowNone?: boolean;
  /** Replace what is found on the machine; tests use it to try one tier. */
  readonly tools?: Partial<WallTools>;
  /** How long a tier may take to answer, in milliseconds. @default 10000 */
  readonly probeTimeoutMs?: number;
}

/**
 * Try each tier with a tiny process and keep the first that really isolates.
 *
 * @throws {RunnerError} `wall_unavailable` when none holds and running without one is not allowed, or when this
 * Node cannot deny the network by itself (below 25).
 */
export async function raiseWall(options: RaiseWallOptions = {}): Promise<Wall> {
  const tools = findWallTools(options.tools);
  const { probeTimeoutMs = 10_000 } = options;
  const passedOver: string[] = [];
  for (const tier of ["bwrap", "unshare"] as const) {
    const missing = missingFor(tier, tools);
    const wall = missing === null ? build(tier, tools, passedOver) : null;
    const failure = missing ?? (await findFailure(wall as Wall, probeTimeoutMs));
    if (wall !== null && failure === null) return wall;
    await wall?.close();
    passedOver.push(`${tier}: ${failure}`);
  }
  const nodeMajor = Number(process.versions.node.split(".")[0]);
  if (options.allowNone === true && nodeMajor >= 25) return build("none", tools, passedOver);
  throw new RunnerError(
    "wall_unavailable",
    `No OS isolation for cells (${passedOver.join("; ")}). Install bubblewrap, allow namespaces, or set ALGA_ALLOW_NO_WALL=1 for development on Node 26.`,
    { details: { passedOver } },
  );
}

const COMMANDS: Record<WallTier, (tools: WallTools) => TierCommands> = {
  bwrap: bwrapCommands,
  unshare: unshareCommands,
  none: bareCommands,
};

function build(tier: WallTier, tools: WallTools, passedOver: readonly string[]): Wall {
  const { around, inside } = COMMANDS[tier](tools);
  const server = startForkServer(around);
  return {
    tier,
    passedOver,
    start: (nodeArgs, limits) => server.start(inside(nodeArgs, limits)),
    close: () => server.close(),
  };
}

function missingFor(tier: "bwrap" | "unshare", tools: WallTools): string | null {
  if (process.platform !== "linux") return "needs Linux";
  if (tools[tier] === null) return "not installed";
  const needed = ["setpriv", "prlimit", ...(tier === "unshare" ? (["chroot"] as const) : [])] as const;
  const missing = needed.find((name) => tools[name] === null);
  return missing === undefined ? null : `${missing} is not installed`;
}

/** What a process inside the wall finds wrong with it. */
async function findFailure(wall: Wall, timeoutMs: number): Promise<string | null> {
  const probe = wall.start(["-e", PROBE], { dataBytes: GIB });
  let said = "";
  probe.write([Buffer.from("?")]);
  probe.onOutput((chunk) => (said += chunk.toString("utf8")));
  // Who would kill it may hang itself.
  const timer = setTimeout(() => void wall.close(), timeoutMs);
  const { code, signal } = await probe.ended;
  clearTimeout(timer);
  if (said === PROBE_ANSWER) return null;
  return (
    probe.complaint().slice(0, 300) ||
    (said === "open" ? "does not isolate" : `ended with ${signal ?? code ?? "no status"}`)
  );
}
