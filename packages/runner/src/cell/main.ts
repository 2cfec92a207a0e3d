/**
 * Entry of a cell: bundled to one text, sent over stdin, run by `node --permission` inside the wall.
 *
 * It speaks frames on stdin and stdout and has nothing else. Whatever it says is hostile to the supervisor: this
 * code only makes the common attacks useless, the wall is what holds.
 */
import { Socket } from "node:net";
import process from "node:process";
import vm from "node:vm";
import bootText from "alga:cell-context";
import type { ContextGuest, ContextHost } from "./context/context-host.ts";
import { toEagerText } from "./eager-glue.ts";
import { hardenRealm } from "./harden-realm.ts";
import { rehearse } from "./rehearse.ts";

const stdout = process.stdout;
const exit = process.exit.bind(process);
const [engineBytes = 0, frameBytes = 0, calls = 0] = process.argv.slice(1).map(Number);
const cpuUsage = process.cpuUsage.bind(process);

const timers = new Map<number, NodeJS.Timeout>();
let nextTimer = 0;
const decoders = { utf8: new TextDecoder(), utf16: new TextDecoder("utf-16le") };
const encoder = new TextEncoder();
const { setTimeout: later, setInterval: every, setImmediate: immediately, clearTimeout: stop } = globalThis;
const builtin = process.getBuiltinModule.bind(process);
const { gc } = globalThis;
const startedAt = Date.now() - performance.now();
const monotonic = performance.now.bind(performance);
const clockOffset = Number(process.hrtime.bigint()) / 1e6 - monotonic();
const { from: copy, compare } = Buffer;
/** Few guests ask for randomness in their first call, and loading its source takes as long as one. */
const RANDOM_AFTER_MS = 500;
/** As much as the pipe holds. */
const READ_BYTES = 256 * 1024;

/** Make a function that has no constructor to reach through and never throws an object of this realm. */
function lend<A extends unknown[], R>(call: (...args: A) => R, fallback: R): (...args: A) => R {
  const safe = (...args: A): R => {
    try {
      return call(...args);
    } catch {
      return fallback;
    }
  };
  return Object.freeze(Object.setPrototypeOf(safe, null) as (...args: A) => R);
}

const lendTo = (context: vm.Context, write: (bytes: Uint8Array) => void): ContextHost =>
  Object.freeze(
    Object.assign(Object.create(null) as ContextHost, {
      decode: lend((utf16: boolean, view: Uint8Array) => decoders[utf16 ? "utf16" : "utf8"].decode(view), ""),
      encodeInto: lend((text: string, target: Uint8Array) => encoder.encodeInto(text, target).written, 0),
      isSame: lend((one: Uint8Array, other: Uint8Array) => compare(one, other) === 0, false),
      random: lend((target: Uint8Array) => {
        try {
          builtin("node:crypto").randomFillSync(target);
        } catch {
          // What is not random must not pass for it.
          exit(5);
        }
      }, undefined),
      // One millisecond is fine enough for a guest and too coarse for most side channels.
      now: lend(() => Math.floor(startedAt + monotonic()), 0),
      clock: lend(() => monotonic() + clockOffset, 0),
      cpu: lend(() => {
        const { user, system } = cpuUsage();
        return (user + system) / 1_000;
      }, 0),
      timer: lend((callback: () => void, delayMs: number, repeat: boolean) => {
        if (timers.size > 10_000) return 0;
        const id = (nextTimer += 1);
        const fire = () => {
          if (!repeat) timers.delete(id);
          callback();
        };
        const timer = repeat ? every(fire, Math.max(1, delayMs)) : later(fire, delayMs);
        timer.unref();
        timers.set(id, timer);
        return id;
      }, 0),
      clearTimer: lend((id: number) => {
        stop(timers.get(id));
        timers.delete(id);
      }, undefined),
      later: lend((callback: () => void) => void immediately(() => callback()), undefined),
      evaluate: lend((glue: string, names: string): unknown => {
        try {
          const text = toEagerText(glue, names) ?? `((${names}) => {${glue}\n;return instantiate})`;
          return new vm.Script(text, { filename: "glue.js" }).runInContext(context);
        } catch (error) {
          return String(error).slice(0, 500);
        }
      }, "the glue cannot be evaluated"),
      write: lend(write, undefined),
      collect: lend(() => gc?.(), undefined),
      exit: lend((code: number) => exit(code), undefined),
    }),
  );

stdout.on("error", () => exit(0));
process.on("unhandledRejection", () => undefined);
process.on("uncaughtException", () => undefined);
later(() => builtin("node:crypto"), RANDOM_AFTER_MS).unref();
hardenRealm();

const contextScript = new vm.Script(`((module)=>{${bootText}\n;return module.exports.boot})({exports:{}})`, {
  filename: "cell-context.js",
});
/** A bare context with the code of a cell, whose frames go to `write`. */
function open(write: (bytes: Uint8Array) => void): ContextGuest {
  const context = vm.createContext(vm.constants.DONT_CONTEXTIFY, {
    codeGeneration: { strings: false, wasm: true },
  });
  const start = contextScript.runInContext(context) as (host: ContextHost) => ContextGuest;
  return start(lendTo(context, write));
}
function give(guest: ContextGuest, chunk: Uint8Array): void {
  const bytes = guest.alloc(chunk.length);
  bytes.set(chunk);
  guest.receive(bytes);
}
/** From here on extensions are served. */
function serve(chunks: readonly Uint8Array[]): void {
  const guest = open((bytes) => void stdout.write(copy(bytes)));
  take = (chunk) => give(guest, chunk);
  for (const chunk of chunks) take(chunk);
}

let take: (chunk: Uint8Array) => void;
if (calls === 0) serve([]);
else {
  const onEnd = (chunks: readonly Uint8Array[]) => {
    // Not on the stack of what ends. What it leaves is collected once the next context has taken over the engine.
    immediately(() => {
      serve(chunks);
      immediately(() => gc?.());
    });
  };
  take = rehearse({ engineBytes, frameBytes, calls }, { open, give, onEnd });
}
// Not `process.stdin`: it allocates 64 KiB for each chunk, and hands it through a stream.
const stdin = new Socket({
  fd: 0,
  readable: true,
  writable: false,
  onread: {
    buffer: Buffer.allocUnsafeSlow(READ_BYTES),
    callback(length, buffer) {
      try {
        take(buffer.subarray(0, length));
      } catch {
        exit(4);
      }
      return true;
    },
  },
});
// A supervisor that is gone, however it went, ends the cell.
stdin.on("end", () => exit(0));
stdin.on("error", () => exit(0));
stdin.resume();
