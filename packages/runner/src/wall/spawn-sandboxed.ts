import { spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { findInheritedDescriptors } from "./inherited-descriptors.ts";
import type { SandboxLimits, Wall } from "./wall.ts";

/** A node process behind the wall; it knows nothing but its two pipes. */
export interface SandboxedProcess {
  readonly pid: number | undefined;
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Last words on stderr, for the operator's log; at most 2 KiB. */
  readonly complaint: () => string;
  /** Settles when the process and its pipes are gone. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  /** SIGKILL; the wall takes every descendant with it. */
  kill(): void;
}

/** Options of {@link spawnSandboxed}. */
export interface SpawnSandboxedOptions {
  /** CommonJS text to run; travels over stdin, so the process needs no file. */
  readonly script: string;
  /** What the script finds in `process.argv` behind node itself. @default nothing */
  readonly scriptArguments?: readonly string[];
  readonly limits: SandboxLimits;
  /** Backstop above the limits rewritten into core modules, in 64 KiB pages. */
  readonly maxMemoryPages?: number;
  /** More flags of node. */
  readonly nodeFlags?: readonly string[];
}

const MAX_COMPLAINT_CHARS = 2048;

// Closes what the supervisor was started with, reads u32 length + script from stdin, then leaves stdin to the script.
const boot = (
  inherited: readonly number[],
) => `const f=require('fs');for(const d of ${JSON.stringify(inherited)})try{f.closeSync(d)}catch{}
const r=n=>{const b=Buffer.alloc(n);for(let o=0;o<n;){const k=f.readSync(0,b,o,n-o);if(!k)process.exit(0);o+=k}return b};
const s=r(r(4).readUInt32LE()).toString();new(require('vm').Script)('(function(require,module,exports){'+s+'\\n})',{filename:'entry.js'}).runInThisContext()(require,{exports:{}},{})`;

/** Start node inside the wall with an empty environment, no grants and frozen flags, and hand it its script. */
export function spawnSandboxed(wall: Wall, options: SpawnSandboxedOptions): SandboxedProcess {
  const { file, args } = wall.command(
    [
      "--permission",
      "--disallow-code-generation-from-strings",
      "--freeze-flags-after-init",
      "--no-warnings",
      ...(options.nodeFlags ?? []),
      ...(options.maxMemoryPages === undefined ? [] : [`--wasm-max-mem-pages=${options.maxMemoryPages}`]),
      "-e",
      boot(findInheritedDescriptors()),
      ...(options.scriptArguments ?? []),
    ],
    options.limits,
  );
  const child = spawn(file, args, { env: {}, cwd: "/", stdio: ["pipe", "pipe", "pipe"] });
  let complaint = "";
  child.stderr.on("data", (chunk: Buffer) => {
    complaint = (complaint + chunk.toString("utf8")).slice(0, MAX_COMPLAINT_CHARS);
    // A flood meets a broken pipe, not our attention.
    if (complaint.length === MAX_COMPLAINT_CHARS) child.stderr.destroy();
  });
  child.stderr.on("error", () => undefined);
  // A dead child shows as `ended`; a write into its closed pipe is not a second failure.
  child.stdin.on("error", () => undefined);
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.on("error", (error) => {
      complaint = error.message;
      resolve({ code: null, signal: null });
    });
    child.on("close", (code, signal) => resolve({ code, signal }));
  });
  const script = Buffer.from(options.script);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(script.length);
  child.stdin.write(length);
  child.stdin.write(script);
  return {
    pid: child.pid,
    stdin: child.stdin,
    stdout: child.stdout,
    complaint: () => complaint,
    ended,
    kill: () => void child.kill("SIGKILL"),
  };
}
