import { readFileSync } from "node:fs";
import { assertRunnerWorld, assertSupportedFeatures, BundleError, inspectComponent } from "@alga-ext/bundle";
import { RunnerError } from "../errors.ts";
import type { Frame } from "../frames/frame.ts";
import { openFrameChannel } from "../frames/frame-channel.ts";
import { spawnSandboxed } from "../wall/spawn-sandboxed.ts";
import type { Isolation } from "../options.ts";
import type { Wall } from "../wall/wall.ts";
import type { Artifact } from "./artifact.ts";
import { ASYNC_IMPORTS } from "./host-functions.ts";
import type { HostInterface } from "./host-interfaces.ts";
import { watchCpu } from "./watch-cpu.ts";

const MIB = 1024 * 1024;
const PAGE_BYTES = 64 * 1024;
const MAX_COMPONENT_BYTES = 16 * MIB;
const MAX_OUTPUT_BYTES = 40 * MIB;
const CPU_MS = 20_000;
const GIVE_UP_MS = 300_000;
/**
 * Calls go first: preparing takes a second or two of a processor, and nobody but its own install waits for it. A quarter
 * of a processor that others want, and not a tenth: where every core is busy, its first call would wait half a minute.
 */
const NICENESS = 5;
const DATA_BYTES = 2048 * MIB;
/**
 * The transpiler runs once, for a second: compiling it a second time, for speed, takes a third of all the processor
 * time of a QuickJS component and gives nothing back; for an engine of 12 MB it makes no difference.
 */
const NODE_FLAGS = ["--liftoff-only"];
/** How bubblewrap tells that what it ran was killed. */
const KILLED_BELOW = 128 + 9;
const REFUSED_WASI = /^wasi:(http|sockets|filesystem)\//;

/** Text of the sandboxed transpiler, made by `scripts/bundle.ts`. */
let childScript: string | undefined;

/** Options of {@link prepareComponent}. */
export interface PrepareOptions {
  readonly wall: Wall;
  /** Cap of each linear memory; rounded down to whole 64 KiB pages. */
  readonly memoryCapBytes: number;
  /** Cells that keep state between calls need nothing to put it back with. @default "fresh" */
  readonly isolation?: Isolation;
  /** Interfaces besides the platform's. @default none */
  readonly hostInterfaces?: readonly HostInterface[];
  /** CPU time of the child, all threads together: what a component is judged by. @default 20000 */
  readonly cpuMs?: number;
  /**
   * When the child is given up, whatever it waits for: a busy machine is no fault of the component, so this is far above
   * its CPU time. @default 300000
   */
  readonly timeoutMs?: number;
}

/**
 * Make a component ready for cells: check every name, compare it with the pinned world, then in a fresh sandboxed
 * process transpile it, lint the glue and rewrite every core module.
 *
 * @throws {RunnerError} `component_rejected`, with `details.reason`; `runner_crashed`, retryable, when the process got too
 * little of the machine or somebody else ended it
 */
export async function prepareComponent(component: Uint8Array, options: PrepareOptions): Promise<Artifact> {
  const imports = inspect(component, options.hostInterfaces ?? []);
  const maxMemoryPages = Math.floor(options.memoryCapBytes / PAGE_BYTES);
  const made = await transpile(component, imports, { ...options, maxMemoryPages });
  if (!made.exports.includes("handler")) throw rejected("transpile", "the transpiler made no handler");
  return {
    glue: made.glue,
    modules: made.modules,
    imports: made.imports,
    hostFunctions: (options.hostInterfaces ?? [])
      .filter(({ glueName }) => made.imports.includes(glueName))
      .map(({ glueName, functions }) => [glueName, functions.map(({ js }) => js)]),
    memoryCapBytes: maxMemoryPages * PAGE_BYTES,
    isRestorable: made.isRestorable,
  };
}

/** The gates that need no toolchain, before it sees a byte. */
function inspect(component: Uint8Array, hostInterfaces: readonly HostInterface[]): readonly string[] {
  if (component.length > MAX_COMPONENT_BYTES) throw rejected("size", "it is larger than 16 MiB");
  try {
    // Checks every name on its way through the binary.
    const report = inspectComponent(component);
    assertSupportedFeatures(report);
    const refused = report.imports.find((name) => REFUSED_WASI.test(name));
    if (refused !== undefined)
      throw rejected("world_mismatch", `it imports ${refused}, which no grant allows`);
    assertRunnerWorld(report, {
      hostInterfaces: Object.fromEntries(
        hostInterfaces.map(({ name, functions }) => [name, functions.map(({ wit }) => wit)]),
      ),
    });
    return [...report.imports, ...report.importedTypes];
  } catch (error) {
    if (!(error instanceof BundleError)) throw error;
    throw new RunnerError("component_rejected", error.message, {
      cause: error,
      details: { ...error.details, reason: error.code },
    });
  }
}

interface Transpiled {
  readonly imports: readonly string[];
  readonly exports: readonly string[];
  readonly glue: string;
  readonly modules: Artifact["modules"];
  readonly isRestorable: boolean;
}

async function transpile(
  component: Uint8Array,
  imports: readonly string[],
  options: PrepareOptions & { maxMemoryPages: number },
): Promise<Transpiled> {
  childScript ??= readFileSync(new URL("../../dist/prepare-child.js", import.meta.url), "utf8");
  const { cpuMs = CPU_MS, timeoutMs = GIVE_UP_MS } = options;
  const child = spawnSandboxed(options.wall, {
    script: childScript,
    nodeFlags: NODE_FLAGS,
    limits: { dataBytes: DATA_BYTES, cpuSeconds: Math.ceil(cpuMs / 1_000), niceness: NICENESS },
  });
  const watch = watchCpu(child, cpuMs);
  const timer = setTimeout(() => child.kill(), timeoutMs);
  try {
    return await new Promise<Transpiled>((resolve, reject) => {
      const channel = openFrameChannel(child, {
        maxFrameBytes: MAX_OUTPUT_BYTES,
        onFrame: (frame) => {
          try {
            resolve(readAnswer(frame));
          } catch (error) {
            reject(error);
          }
        },
        onViolation: (violation) => reject(rejected("output", violation.message)),
      });
      void child.ended.then(({ code, signal }) => {
        const how = `the transpiler ended with ${signal ?? code ?? "no status"} ${child.complaint().slice(0, 200)}`;
        // Killed before it can have used up its time: somebody else's doing, or a machine that was too busy for it, says
        // nothing about the component.
        const isKilled = signal === "SIGKILL" || code === KILLED_BELOW || (code ?? signal) === null;
        if (isKilled && !watch.mayBeUsedUp()) {
          reject(new RunnerError("runner_crashed", `Preparing was cut short: ${how}.`, { retryable: true }));
        } else reject(rejected("limits", how));
      });
      channel.send(
        {
          t: "prepare",
          imports: [...imports],
          asyncImports: [
            ...ASYNC_IMPORTS,
            ...(options.hostInterfaces ?? []).flatMap(({ name, functions }) =>
              functions.map(({ wit }) => `${name}#${wit}`),
            ),
          ],
          hostInterfaces: (options.hostInterfaces ?? []).map(({ name, wit }) => ({ name, wit })),
          maxMemoryPages: options.maxMemoryPages,
          isRestored: options.isolation !== "warm",
        },
        component,
      );
    });
  } finally {
    clearTimeout(timer);
    watch.stop();
    child.kill();
    await child.ended;
  }
}

/** Reasons the child may give; anything else it says is `transpile`. */
const CHILD_REASONS: ReadonlySet<string> = new Set([
  "types",
  "unexpected_glue",
  "features",
  "limits",
  "malformed",
]);

function readAnswer({ header, body }: Frame): Transpiled {
  if (header["t"] !== "prepared") {
    const { reason, message } = header;
    throw rejected(
      typeof reason === "string" && CHILD_REASONS.has(reason) ? reason : "transpile",
      typeof message === "string" ? message : "no reason given",
    );
  }
  let offset = 0;
  const next = (size: unknown): Uint8Array => {
    if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0 || offset + size > body.length)
      throw rejected("output", "the transpiler answered nonsense");
    return body.subarray(offset, (offset += size));
  };
  const glue = Buffer.from(next(header["glueBytes"])).toString("utf8");
  const modules = strings(header["modules"], (entry) => {
    const { name, bytes } = entry as { name?: unknown; bytes?: unknown };
    return { name: String(name), bytes: next(bytes) };
  });
  return {
    glue,
    modules,
    imports: strings(header["imports"], String),
    exports: strings(header["exports"], String),
    isRestorable: strings(header["lasting"], String).length === 0,
  };
}

function strings<T>(value: unknown, read: (entry: unknown) => T): T[] {
  if (!Array.isArray(value)) throw rejected("output", "the transpiler answered nonsense");
  return value.map((entry: unknown) => read(entry));
}

function rejected(reason: string, message: string): RunnerError {
  return new RunnerError("component_rejected", `The component is refused (${reason}): ${message}`, {
    details: { reason },
  });
}
