import type { Patch } from "./packages.ts";

/** One control of the runner, how to leave it out, and the rows that have to notice. */
export interface Control {
  readonly name: string;
  readonly patches: readonly Patch[];
  /** Test file without its ending. */
  readonly file: "ingest" | "process" | "limits" | "egress";
  /** Pattern of the rows to run. */
  readonly rows: string;
  /** A runner without it does not even start: the code it says so with. */
  readonly refusesToStart?: string;
}

const PREPARE = "runner/dist/prepare-child.js";
const SPAWN = "runner/dist/wall/spawn-sandboxed.js";
const CELL = "runner/dist/cells/start-cell.js";
const FRAME = "runner/dist/frames/frame.js";
const WIRE = "runner/dist/frames/wire-value.js";
const ADDRESS = "runner/dist/egress/address.js";
const EGRESS = "runner/dist/egress/egress.js";
const EXCHANGE = "runner/dist/egress/exchange.js";

const NETWORK: Patch = { file: "runner/dist/wall/unshare.js", find: /\n\s+"--net",/, replace: "" };

/** Every control is left out alone. */
export const CONTROLS: readonly Control[] = [
  {
    name: "name gate: core names",
    patches: [
      {
        file: "bundle/dist/component/names.js",
        find: /const CORE_NAME = .+;/,
        replace: "const CORE_NAME = /^/;",
      },
    ],
    file: "ingest",
    rows: "J01 core|J02|J04",
  },
  {
    name: "name gate: component names",
    patches: [
      {
        file: "bundle/dist/component/names.js",
        find: /const COMPONENT_NAME = .+;/,
        replace: "const COMPONENT_NAME = /^/;",
      },
    ],
    file: "ingest",
    rows: "J10",
  },
  {
    name: "world gate",
    patches: [
      { file: "bundle/dist/component/assert-runner-world.js", find: "if (matches)", replace: "if (true)" },
    ],
    file: "ingest",
    rows: "J06|J07",
  },
  {
    name: "type check against the pinned world",
    patches: [{ file: PREPARE, find: "if(mismatch!==null)", replace: "if(false)" }],
    file: "ingest",
    rows: "J08",
  },
  {
    name: "pinned types of components that import WASI",
    patches: [
      {
        file: PREPARE,
        find: "if(mismatch!==null)",
        replace: `if(mismatch!==null&&!imports.some((name)=>name.startsWith("wasi:")))`,
      },
    ],
    file: "ingest",
    rows: "J08",
  },
  {
    name: "feature gate",
    patches: [
      {
        file: "bundle/dist/component/assert-supported-features.js",
        find: "if (refused[0] !== undefined)",
        replace: "if (false)",
      },
    ],
    file: "ingest",
    rows: "J14",
  },
  {
    name: "expansion cap",
    patches: [
      {
        file: "bundle/dist/component/component-scope.js",
        find: "this.expandedInstances += count;",
        replace: "",
      },
    ],
    file: "ingest",
    rows: "J11",
  },
  {
    name: "limits of a component",
    patches: [{ file: "bundle/dist/component/tally.js", find: "if (value <= max)", replace: "if (true)" }],
    file: "limits",
    rows: "L06 table|L06 many|L10",
  },
  {
    name: "lint of the glue",
    patches: [
      {
        file: PREPARE,
        find: "function lintGlue(text){",
        replace: "function lintGlue(text){return{debugStatements:[]};",
      },
    ],
    file: "ingest",
    rows: "J01 behind|J12",
  },
  {
    name: "digest of stored artifacts",
    patches: [
      {
        file: "runner/dist/prepare/artifact.js",
        find: ".equals(bytes.subarray(0, DIGEST_BYTES))",
        replace: ".subarray(0)",
      },
    ],
    file: "ingest",
    rows: "J16 mutations through|J17",
  },
  {
    name: "memory maximum written into modules",
    patches: [{ file: PREPARE, find: /capLimits\(\w+,\w+\),/, replace: "" }],
    file: "limits",
    rows: "L06 a memory|L05 grow",
  },
  {
    name: "memory maximum of the engine",
    patches: [{ file: SPAWN, find: /`--wasm-max-mem-pages=[^`]+`/, replace: `"--no-warnings"` }],
    file: "limits",
    rows: "L05 memory of a module",
  },
  {
    name: "memory limit of the process",
    patches: [{ file: "runner/dist/wall/command-words.js", find: /\n\s+`--data=[^`]+`,/, replace: "" }],
    file: "process",
    rows: "unshare.*P11",
  },
  {
    name: "fuel",
    patches: [{ file: PREPARE, find: /meterFuel\(\w+,host\),/, replace: "" }],
    file: "limits",
    rows: "L01",
  },
  {
    name: "SIGKILL after the deadline",
    patches: [{ file: CELL, find: /this\.#stoppedByUs = true;\s+this\.kill\(\);/, replace: "" }],
    file: "limits",
    rows: "L03 a loop",
  },
  {
    name: "state of a new instance for every call",
    patches: [{ file: CELL, find: `isWarm: this.#isolation === "warm"`, replace: "isWarm: true" }],
    file: "limits",
    rows: "L16",
  },
  {
    name: "CPU time of cells that have no call",
    patches: [
      {
        file: "runner/dist/cells/cell-slots.js",
        find: "const IDLE_CPU_MS = 3_000;",
        replace: "const IDLE_CPU_MS = Infinity;",
      },
    ],
    file: "process",
    rows: "unshare.*P14",
  },
  {
    name: "calls at once",
    patches: [
      {
        file: "runner/dist/cells/admission.js",
        find: "own.running >= limits.concurrentPerInstall",
        replace: "false",
      },
    ],
    file: "limits",
    rows: "L12",
  },
  {
    name: "queue limit",
    patches: [
      {
        file: "runner/dist/cells/admission.js",
        find: "own.queue.length >= limits.queuePerInstall",
        replace: "false",
      },
    ],
    file: "limits",
    rows: "L12",
  },
  {
    name: "log cap",
    patches: [
      {
        file: "runner/dist/broker/logging.js",
        find: /function isFull\([^)]*\) \{/,
        replace: "function isFull() { return null;",
      },
      {
        file: "runner/dist/broker/logging.js",
        find: "if (usage.logBytes + bytes > limits.log_bytes)",
        replace: "if (false)",
      },
    ],
    file: "limits",
    rows: "L15",
  },
  {
    name: "size of answers, of the cell and of the call",
    patches: [
      {
        file: "runner/dist/cells/guest-response.js",
        find: "body.length > limits.responseBytes",
        replace: "false",
      },
      {
        file: "runner/dist/cells/guest-response.js",
        find: "list.length > limits.responseHeaders",
        replace: "false",
      },
      { file: "runner/dist/broker/assert-fits.js", find: "if (size <= limits[limit])", replace: "if (true)" },
    ],
    file: "limits",
    rows: "L17",
  },
  {
    name: "form of answers",
    patches: [
      {
        file: "runner/dist/cells/guest-response.js",
        find: "status < 200 || status > 599",
        replace: "false",
      },
      { file: "runner/dist/cells/guest-response.js", find: " || !VALUE.test(value)", replace: "" },
    ],
    file: "limits",
    rows: "L17",
  },
  {
    name: "count of host calls",
    patches: [
      {
        file: "runner/dist/broker/broker.js",
        find: `if (!take(session, "host_calls"))`,
        replace: `if (take(session, "host_calls") === null)`,
      },
    ],
    file: "limits",
    rows: "L17",
  },
  {
    name: "network namespace",
    patches: [NETWORK],
    file: "process",
    rows: "unshare.*P03",
    refusesToStart: "wall_unavailable",
  },
  {
    name: "network namespace and the probe for it",
    patches: [
      NETWORK,
      { file: "runner/dist/wall/raise-wall.js", find: "const open=nets.length>0||", replace: "const open=" },
    ],
    file: "process",
    rows: "unshare.*P03",
  },
  {
    name: "permission flag",
    patches: [{ file: SPAWN, find: `"--permission",`, replace: "" }],
    file: "process",
    rows: "unshare.*P06",
  },
  {
    name: "no code from strings",
    patches: [{ file: SPAWN, find: `"--disallow-code-generation-from-strings",`, replace: "" }],
    file: "process",
    rows: "unshare.*P06",
  },
  {
    name: "leaving the root user",
    patches: [
      {
        file: "runner/dist/wall/command-words.js",
        find: `"--reuid", "65534", "--regid", "65534", "--clear-groups"`,
        replace: "",
      },
    ],
    file: "process",
    rows: "unshare.*P05",
  },
  {
    name: "inherited descriptors closed",
    patches: [{ file: "runner/dist/fork-server.cjs", find: "closeInherited(IPC_FD+1);", replace: "" }],
    file: "process",
    rows: "unshare.*(P07|P09)",
  },
  {
    name: "frozen flags of the engine",
    patches: [{ file: SPAWN, find: `"--freeze-flags-after-init",`, replace: "" }],
    file: "process",
    rows: "unshare.*P12 flags",
  },
  {
    name: "PID namespace",
    patches: [{ file: "runner/dist/wall/unshare.js", find: /\n\s+"--pid",/, replace: "" }],
    file: "process",
    rows: "unshare.*P05",
  },
  {
    name: "bare context of the glue",
    patches: [
      {
        file: "runner/dist/cell.js",
        find: "codeGeneration:{strings:!1,",
        replace: "codeGeneration:{strings:!0,",
      },
      { file: SPAWN, find: `"--disallow-code-generation-from-strings",`, replace: "" },
    ],
    file: "process",
    rows: "unshare.*P01–P09",
  },
  {
    name: "frame cap",
    patches: [{ file: FRAME, find: "if (length > maxBytes)", replace: "if (false)" }],
    file: "process",
    rows: "unshare.*P10 a frame",
  },
  {
    name: "header cap of frames",
    patches: [{ file: FRAME, find: "if (headerLength > maxHeaderBytes)", replace: "if (false)" }],
    file: "process",
    rows: "unshare.*P10 a header",
  },
  {
    name: "frames only of calls there are",
    patches: [
      { file: CELL, find: /if \(typeof id !== "number" \|\| !Number[^{]+\{/, replace: "if (false) {" },
      { file: CELL, find: "(this.#lateFrames += 1) > MAX_LATE_FRAMES", replace: "false" },
    ],
    file: "process",
    rows: "unshare.*P10 frames of calls",
  },
  {
    name: "one start of a cell",
    patches: [{ file: CELL, find: "if (this.#isUp)", replace: "if (false)" }],
    file: "process",
    rows: "unshare.*P10 up",
  },
  {
    name: "pieces of a value",
    patches: [
      { file: WIRE, find: "(nodes += 1) > MAX_NODES", replace: "false" },
      { file: WIRE, find: "item.length > MAX_NODES", replace: "false" },
    ],
    file: "process",
    rows: "unshare.*P10 a value",
  },
  {
    name: "memory of unanswered host calls",
    patches: [
      {
        file: CELL,
        find: "(this.#pendingHostBytes += heldBytes) > this.#limits.pendingHostBytes",
        replace: "false",
      },
    ],
    file: "process",
    rows: "unshare.*P10 hoarding",
  },
  {
    name: "egress: address check",
    patches: [{ file: ADDRESS, find: `.range() === "unicast"`, replace: `.range() !== ""` }],
    file: "egress",
    rows: "E03|E04",
  },
  {
    name: "egress: no address literals",
    patches: [{ file: ADDRESS, find: /return ipaddr\.isValid\(.+\);/, replace: "return false;" }],
    file: "egress",
    rows: "E01|E02",
  },
  {
    name: "egress: no user info",
    patches: [
      {
        file: "runner/dist/egress/target.js",
        find: `url.username !== "" || url.password !== ""`,
        replace: "false",
      },
    ],
    file: "egress",
    rows: "E08",
  },
  {
    name: "egress: hosts of the manifest",
    patches: [
      {
        file: "runner/dist/egress/target.js",
        find: "!rules.allowed.some(isAllowed)",
        replace: "false",
      },
    ],
    file: "egress",
    rows: "E07|E08",
  },
  {
    name: "egress: header filter",
    patches: [
      {
        file: "runner/dist/egress/request-headers.js",
        find: "STANDARD.has(lower) || (VENDOR.test(lower) && !RESERVED.test(lower))",
        replace: "true",
      },
    ],
    file: "egress",
    rows: "E11",
  },
  {
    name: "egress: ports",
    patches: [
      {
        file: "runner/dist/egress/target.js",
        find: "named === undefined ? isDefault",
        replace: "named === undefined ? true",
      },
      { file: "runner/dist/egress/target.js", find: "port < FIRST_FREE_PORT", replace: "false" },
    ],
    file: "egress",
    rows: "E10|E06",
  },
  {
    name: "egress: size of an answer",
    patches: [
      {
        file: EXCHANGE,
        find: "body.length + piece.length > limits.maxBytes",
        replace: "false",
      },
      { file: EGRESS, find: "maxResponseSize: limits.egressResponseBytes,", replace: "" },
    ],
    file: "egress",
    rows: "E12 .*MiB",
  },
  {
    name: "egress: headers of an answer",
    patches: [
      { file: EXCHANGE, find: "all.length > limits.maxHeaders", replace: "false" },
      { file: EGRESS, find: "maxHeaderSize: MAX_HEADER_BYTES,", replace: "maxHeaderSize: 16_777_216," },
    ],
    file: "egress",
    rows: "E14 5,000|E14 a header",
  },
  {
    name: "egress: pieces of an answer",
    patches: [{ file: EXCHANGE, find: "(pieces += 1) > MAX_PIECES", replace: "false" }],
    file: "egress",
    rows: "E12 .*crumbs",
  },
  {
    name: "egress: interim answers",
    patches: [{ file: EXCHANGE, find: "(interim += 1) > MAX_INTERIM", replace: "false" }],
    file: "egress",
    rows: "E14 interim",
  },
  {
    name: "secrets bound to hosts",
    patches: [
      {
        file: "runner/dist/broker/http.js",
        find: /const isBound = [^;]+;/,
        replace: "const isBound = true;",
      },
    ],
    file: "egress",
    rows: "E16",
  },
  {
    name: "secrets kept out of the log",
    patches: [
      { file: "runner/dist/broker/redact-secrets.js", find: "if (byFirst.size === 0)", replace: "if (true)" },
    ],
    file: "egress",
    rows: "E16",
  },
];
