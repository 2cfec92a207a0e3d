import type { SandboxedProcess } from "./sandboxed-process.ts";
import type { SandboxLimits, Wall } from "./wall.ts";

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

// Reads u32 length + script from stdin, then leaves stdin to the script.
const BOOT = `const f=require('fs');
const r=n=>{const b=Buffer.alloc(n);for(let o=0;o<n;){const k=f.readSync(0,b,o,n-o);if(!k)process.exit(0);o+=k}return b};
const s=r(r(4).readUInt32LE()).toString();new(require('vm').Script)('(function(require,module,exports){'+s+'\\n})',{filename:'entry.js'}).runInThisContext()(require,{exports:{}},{})`;

/** Start node inside the wall with an empty environment, no grants and frozen flags, and hand it its script. */
export function spawnSandboxed(wall: Wall, options: SpawnSandboxedOptions): SandboxedProcess {
  const child = wall.start(
    [
      "--permission",
      "--disallow-code-generation-from-strings",
      "--freeze-flags-after-init",
      "--no-warnings",
      ...(options.nodeFlags ?? []),
      ...(options.maxMemoryPages === undefined ? [] : [`--wasm-max-mem-pages=${options.maxMemoryPages}`]),
      "-e",
      BOOT,
      ...(options.scriptArguments ?? []),
    ],
    options.limits,
  );
  const script = Buffer.from(options.script);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(script.length);
  child.write([length, script]);
  return child;
}
