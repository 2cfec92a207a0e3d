import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RunnerError } from "../errors.ts";
import { bwrapCommand } from "./bwrap.ts";
import { bareCommand } from "./none.ts";
import { JAIL_PREFIX, sweepJails } from "./sweep-jails.ts";
import { findWallTools, type WallTools } from "./tools.ts";
import { unshareCommand } from "./unshare.ts";
import type { CommandLine, SandboxLimits, Wall, WallTier } from "./wall.ts";

const GIB = 1024 * 1024 * 1024;
const PROBE_TIMEOUT_MS = 10_000;
const PROBE_ANSWER = "walled";
// Answers only if node boots, no network device but loopback is there and the root directory is ours.
const PROBE = `const os=require('node:os'),fs=require('node:fs');
const nets=Object.keys(os.networkInterfaces()).filter(n=>n!=='lo');
const open=nets.length>0||fs.existsSync('/etc')||fs.existsSync('/home');
process.stdout.write(open?'open':'${PROBE_ANSWER}')`;

/** Options of {@link raiseWall}. */
export interface RaiseWallOptions {
  /** Run without a wall when no tier holds. @default false */
  readonly allowNone?: boolean;
  /** Replace what is found on the machine; tests use it to try one tier. */
  readonly tools?: Partial<WallTools>;
}

/**
 * Try each tier with a tiny process and keep the first that really isolates.
 *
 * @throws {RunnerError} `wall_unavailable` when none holds and running without one is not allowed, or when this
 * Node cannot deny the network by itself (below 25).
 */
export async function raiseWall(options: RaiseWallOptions = {}): Promise<Wall> {
  const tools = findWallTools(options.tools);
  sweepJails(tmpdir());
  const jailDir = mkdtempSync(join(tmpdir(), `${JAIL_PREFIX}${process.pid}-`));
  const close = () => rmSync(jailDir, { recursive: true, force: true });
  const passedOver: string[] = [];
  const builders: Record<WallTier, (nodeArgs: readonly string[], limits: SandboxLimits) => CommandLine> = {
    bwrap: (nodeArgs, limits) => bwrapCommand(tools, nodeArgs, limits),
    unshare: (nodeArgs, limits) => unshareCommand(tools, nodeArgs, { limits, jailDir }),
    none: (nodeArgs, limits) => bareCommand(tools, nodeArgs, limits),
  };
  for (const tier of ["bwrap", "unshare"] as const) {
    const failure = await tryTier(tier, tools, builders[tier]);
    if (failure === null) return { tier, passedOver, command: builders[tier], close };
    passedOver.push(`${tier}: ${failure}`);
  }
  const nodeMajor = Number(process.versions.node.split(".")[0]);
  if (options.allowNone === true && nodeMajor >= 25) {
    return { tier: "none", passedOver, command: builders.none, close };
  }
  close();
  throw new RunnerError(
    "wall_unavailable",
    `No OS isolation for cells (${passedOver.join("; ")}). Install bubblewrap, allow namespaces, or set ALGA_ALLOW_NO_WALL=1 for development on Node 26.`,
    { details: { passedOver } },
  );
}

async function tryTier(
  tier: "bwrap" | "unshare",
  tools: WallTools,
  build: (nodeArgs: readonly string[], limits: SandboxLimits) => CommandLine,
): Promise<string | null> {
  if (process.platform !== "linux") return "needs Linux";
  if (tools[tier] === null) return "not installed";
  if (tools.setpriv === null) return "setpriv is not installed";
  if (tools.prlimit === null) return "prlimit is not installed";
  const { file, args } = build(["-e", PROBE], { dataBytes: GIB });
  return await new Promise((resolve) => {
    const child = spawn(file, args, { env: {}, cwd: "/", stdio: ["ignore", "pipe", "pipe"] });
    let out = "";
    let complaint = "";
    const timer = setTimeout(() => child.kill("SIGKILL"), PROBE_TIMEOUT_MS);
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString("utf8")));
    child.stderr.on(
      "data",
      (chunk: Buffer) => (complaint = (complaint + chunk.toString("utf8")).slice(0, 300)),
    );
    child.on("error", (error) => {
      clearTimeout(timer);
      resolve(error.message);
    });
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      if (out === PROBE_ANSWER) resolve(null);
      else
        resolve(complaint.trim() || (out === "open" ? "does not isolate" : `ended with ${signal ?? code}`));
    });
  });
}
