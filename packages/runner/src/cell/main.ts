/**
 * Entry of a cell: bundled to one text, sent over stdin, run by `node --permission` inside the wall.
 *
 * It speaks frames on stdin and stdout and has nothing else. Whatever it says is hostile to the supervisor: this
 * code only makes the common attacks useless, the wall is what holds.
 */
import process from "node:process";
import vm from "node:vm";
import { createFrameDecoder, encodeFrameText, type Frame } from "../frames/frame.ts";
import { contextBoot, type ContextGuest, type ContextHost } from "./context-boot.ts";
import { hardenRealm } from "./harden-realm.ts";

const MAX_FRAME_BYTES = 128 * 1024 * 1024;
const stdin = process.stdin;
const stdout = process.stdout;
const exit = process.exit.bind(process);

const timers = new Map<number, NodeJS.Timeout>();
let nextTimer = 0;
const decoders = { utf8: new TextDecoder(), utf16: new TextDecoder("utf-16le") };
const encoder = new TextEncoder();
const { setTimeout: later, setInterval: every, clearTimeout: stop } = globalThis;
const fillRandom = globalThis.crypto.getRandomValues.bind(globalThis.crypto);
const startedAt = Date.now() - performance.now();
const monotonic = performance.now.bind(performance);

const send = (header: string, body: Uint8Array | null) => {
  stdout.write(body === null ? encodeFrameText(header) : encodeFrameText(header, new Uint8Array(body)));
};

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

const host: ContextHost = Object.freeze(
  Object.assign(Object.create(null) as ContextHost, {
    decode: lend((utf16: boolean, view: Uint8Array) => decoders[utf16 ? "utf16" : "utf8"].decode(view), ""),
    encodeInto: lend((text: string, target: Uint8Array) => encoder.encodeInto(text, target).written, 0),
    random: lend((target: Uint8Array) => void fillRandom(target as Uint8Array<ArrayBuffer>), undefined),
    // One millisecond is fine enough for a guest and too coarse for most side channels.
    now: lend(() => Math.floor(startedAt + monotonic()), 0),
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
    send: lend(send, undefined),
  }),
);

let guest: ContextGuest | undefined;

function load({ header, body }: Frame): void {
  const context = vm.createContext(Object.create(null) as vm.Context, {
    codeGeneration: { strings: false, wasm: true },
  });
  const boot = new vm.Script(`(${contextBoot.toString()})`, { filename: "context-boot.js" }).runInContext(
    context,
  ) as (host: ContextHost, memoryCapBytes: number) => ContextGuest;
  const made = boot(host, Number(header["memoryCapBytes"]));
  let offset = 0;
  const next = (length: number) => body.subarray(offset, (offset += length));
  const glue = new TextDecoder().decode(next(Number(header["glueBytes"])));
  for (const entry of header["modules"] as { name: string; bytes: number }[]) {
    const target = made.alloc(entry.bytes);
    target.set(next(entry.bytes));
    made.addModule(entry.name, target);
  }
  const instantiate: unknown = new vm.Script(`(() => {${glue}\n;return instantiate})()`, {
    filename: "glue.js",
  }).runInContext(context);
  made.link(instantiate, JSON.stringify(header["functions"]), JSON.stringify(header["imports"]));
  guest = made;
}

function toContext(bytes: Uint8Array): Uint8Array {
  const target = guest?.alloc(bytes.length) ?? new Uint8Array(0);
  target.set(bytes);
  return target;
}

function receive(frame: Frame): void {
  const { header, body } = frame;
  const id = Number(header["id"]);
  switch (header["t"]) {
    case "load":
      try {
        load(frame);
        send(`{"t":"loaded"}`, null);
      } catch (error) {
        send(`{"t":"unloadable","message":${JSON.stringify(String(error).slice(0, 500))}}`, null);
      }
      return;
    case "call":
      guest?.call(id, JSON.stringify(header["v"]), toContext(body));
      return;
    case "answer":
      guest?.answer(
        id,
        Number(header["seq"]),
        header["kind"] === "ok" ? "ok" : "err",
        JSON.stringify(header["v"]),
        toContext(body),
      );
      return;
    case "cancel":
      guest?.cancel(id);
      send(`{"t":"cancelled","id":${id}}`, null);
      return;
    default:
      exit(3);
  }
}

const decoder = createFrameDecoder(MAX_FRAME_BYTES);
stdin.on("data", (chunk: Buffer) => {
  try {
    for (const frame of decoder.push(chunk)) receive(frame);
  } catch {
    exit(4);
  }
});
// A supervisor that is gone, however it went, ends the cell.
stdin.on("end", () => exit(0));
stdin.on("error", () => exit(0));
stdout.on("error", () => exit(0));
process.on("unhandledRejection", () => undefined);
process.on("uncaughtException", () => undefined);
hardenRealm();
send(`{"t":"up"}`, null);
