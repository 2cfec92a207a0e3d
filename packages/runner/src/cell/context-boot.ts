// The context's own WebAssembly; declared here because the package compiles without DOM types.
interface WasmModule {
  readonly brand: "module";
}
interface WasmMemory {
  readonly buffer: ArrayBuffer;
}
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  readonly Instance: new (module: WasmModule, imports?: object) => { readonly exports: object };
  readonly Memory: new (descriptor: never) => WasmMemory;
};

/**
 * What the cell's main realm lends to the bare context: functions that take and give primitives or the context's
 * own buffers, never an object of the main realm, so glue has nothing to climb up on.
 */
export interface ContextHost {
  readonly decode: (utf16: boolean, view: Uint8Array) => string;
  /** Bytes written; 0 when the buffer cannot take the first character. */
  readonly encodeInto: (text: string, target: Uint8Array) => number;
  readonly random: (target: Uint8Array) => void;
  readonly now: () => number;
  readonly timer: (callback: () => void, delayMs: number, repeat: boolean) => number;
  readonly clearTimer: (id: number) => void;
  readonly send: (header: string, body: Uint8Array | null) => void;
}

/** What the context gives back to the main realm. */
export interface ContextGuest {
  readonly alloc: (length: number) => Uint8Array;
  readonly addModule: (name: string, bytes: Uint8Array) => void;
  readonly link: (instantiate: unknown, functionsJson: string, importsJson: string) => void;
  readonly call: (id: number, requestJson: string, bytes: Uint8Array) => void;
  readonly answer: (id: number, seq: number, kind: string, json: string, bytes: Uint8Array) => void;
  readonly cancel: (id: number) => void;
}

/**
 * Runs inside the bare context, before any glue: its source text is compiled there, so it must not use anything
 * from this module's scope.
 *
 * It puts the few globals glue needs in place, keeps its own copies of every intrinsic it uses later, and turns
 * guest imports into frames. A new instance serves each call; when the call ends, nothing keeps it alive.
 */
export function contextBoot(host: ContextHost, memoryCapBytes: number): ContextGuest {
  "use strict";
  const g = globalThis;
  const { parse, stringify } = JSON;
  const { create, defineProperty, entries, freeze, setPrototypeOf } = Object;
  const { Instance, Memory, Module } = WebAssembly;
  const U8 = Uint8Array;
  const ErrorOf = Error;
  const PromiseOf = Promise;
  const BigIntOf = BigInt;
  const StringOf = String;
  const isArray = Array.isArray;
  const isView = ArrayBuffer.isView;
  const MapOf = Map;
  const define = (name: string, value: unknown) =>
    defineProperty(g, name, { value, writable: false, configurable: false });
  const bare = () => create(null) as Record<string, unknown>;

  const bytesOf = (input: unknown) =>
    input instanceof U8
      ? input
      : isView(input)
        ? new U8(input.buffer, input.byteOffset, input.byteLength)
        : new U8(input as ArrayBuffer);
  define(
    "TextDecoder",
    class {
      #utf16: boolean;
      constructor(label?: string) {
        this.#utf16 = label === "utf-16" || label === "utf-16le";
      }
      decode(input?: unknown) {
        return input === undefined ? "" : host.decode(this.#utf16, bytesOf(input));
      }
    },
  );
  define(
    "TextEncoder",
    class {
      encode(input = "") {
        const target = new U8(input.length * 3);
        return target.slice(0, host.encodeInto(input, target));
      }
      encodeInto(input: string, target: Uint8Array) {
        const written = host.encodeInto(input, target);
        return { read: input.length, written };
      }
    },
  );
  const mute = () => undefined;
  define("console", freeze({ log: mute, info: mute, warn: mute, error: mute, debug: mute }));
  define("setTimeout", (callback: () => void, delay?: number) =>
    host.timer(callback, Number(delay) || 0, false),
  );
  define("setInterval", (callback: () => void, delay?: number) =>
    host.timer(callback, Number(delay) || 0, true),
  );
  define("clearTimeout", (id: unknown) => host.clearTimer(Number(id) || 0));
  define("clearInterval", (id: unknown) => host.clearTimer(Number(id) || 0));
  define("queueMicrotask", (callback: () => void) => {
    void new PromiseOf<void>((resolve) => resolve()).then(callback);
  });

  // Values cross as JSON plus one run of bytes; frames/wire-value.ts is the other end.
  const pack = (value: unknown): { json: string; bytes: Uint8Array | null } => {
    const chunks: Uint8Array[] = [];
    let length = 0;
    const keep = (part: Uint8Array): [number, number] => {
      const at = length;
      chunks[chunks.length] = part;
      length += part.length;
      return [at, part.length];
    };
    const walk = (item: unknown): unknown => {
      if (typeof item === "bigint") return { $n: `${item}` };
      if (item instanceof U8) return { $b: keep(item) };
      if (typeof item === "string" && item.length > 1_024) {
        // Headers of frames are capped, bodies hardly.
        const target = new U8(item.length * 3);
        return { $s: keep(target.subarray(0, host.encodeInto(item, target))) };
      }
      if (isArray(item)) {
        const out: unknown[] = [];
        for (let index = 0; index < item.length; index += 1) out[index] = walk(item[index]);
        return out;
      }
      if (typeof item === "object" && item !== null) {
        const out: Record<string, unknown> = {};
        for (const [key, entry] of entries(item)) out[key] = walk(entry);
        return out;
      }
      return item;
    };
    const json = stringify(walk(value)) ?? "null";
    if (length === 0) return { json, bytes: null };
    const bytes = new U8(length);
    let offset = 0;
    for (const chunk of chunks) {
      bytes.set(chunk, offset);
      offset += chunk.length;
    }
    return { json, bytes };
  };
  const unpack = (json: string, bytes: Uint8Array): unknown => {
    const walk = (item: unknown): unknown => {
      if (isArray(item)) return item.map(walk);
      if (typeof item !== "object" || item === null) return item === null ? undefined : item;
      const record = item as { $b?: [number, number]; $n?: string };
      if (record.$b !== undefined) return bytes.slice(record.$b[0], record.$b[0] + record.$b[1]);
      if (record.$n !== undefined) return BigIntOf(record.$n);
      const out: Record<string, unknown> = {};
      for (const [key, entry] of entries(item)) out[key] = walk(entry);
      return out;
    };
    return walk(parse(json));
  };

  const modules = new MapOf<string, WasmModule>();
  interface LiveCall {
    readonly pending: Map<number, { resolve: (value: unknown) => void; reject: (error: unknown) => void }>;
    seq: number;
  }
  const calls = new MapOf<number, LiveCall>();
  let instantiate: ((...args: unknown[]) => unknown) | undefined;
  let functions: [string, string[]][] = [];
  let importNames: string[] = [];

  const hostCall =
    (id: number, target: string) =>
    (...args: unknown[]) =>
      new PromiseOf((resolve, reject) => {
        const live = calls.get(id);
        if (live === undefined) return;
        const seq = (live.seq += 1);
        live.pending.set(seq, { resolve, reject });
        const { json, bytes } = pack(args);
        host.send(`{"t":"host","id":${id},"seq":${seq},"target":${stringify(target)},"v":${json}}`, bytes);
      });

  // Legacy components import WASI p2; everything here is inert: no files, no arguments, closed streams.
  const wasi = (): Record<string, Record<string, unknown>> => {
    class Pollable {
      ready() {
        return true;
      }
      block() {}
    }
    class InputStream {
      read() {
        throw { payload: { tag: "closed" } };
      }
      blockingRead() {
        throw { payload: { tag: "closed" } };
      }
      skip() {
        throw { payload: { tag: "closed" } };
      }
      blockingSkip() {
        throw { payload: { tag: "closed" } };
      }
      subscribe() {
        return new Pollable();
      }
    }
    class OutputStream {
      checkWrite() {
        return BigIntOf(65_536);
      }
      write() {}
      blockingWriteAndFlush() {}
      writeZeroes() {}
      blockingWriteZeroesAndFlush() {}
      flush() {}
      blockingFlush() {}
      splice() {
        return BigIntOf(0);
      }
      blockingSplice() {
        return BigIntOf(0);
      }
      subscribe() {
        return new Pollable();
      }
    }
    class WasiError {
      toDebugString() {
        return "";
      }
    }
    // Never handed out, so they need no members.
    function TerminalInput(): void {}
    function TerminalOutput(): void {}
    const u64 = () => {
      const bytes = new U8(8);
      host.random(bytes);
      let value = BigIntOf(0);
      for (const byte of bytes) value = value * BigIntOf(256) + BigIntOf(byte);
      return value;
    };
    const getBytes = (length: bigint) => {
      const bytes = new U8(Number(length) > 65_536 ? 65_536 : Number(length));
      host.random(bytes);
      return bytes;
    };
    const nanos = () => BigIntOf(Math.floor(host.now())) * BigIntOf(1_000_000);
    const none = () => undefined;
    return {
      "wasi:cli/environment": { getEnvironment: () => [], getArguments: () => [], initialCwd: none },
      "wasi:cli/exit": {
        exit() {
          throw new ErrorOf("exit");
        },
      },
      "wasi:cli/stdin": { getStdin: () => new InputStream() },
      "wasi:cli/stdout": { getStdout: () => new OutputStream() },
      "wasi:cli/stderr": { getStderr: () => new OutputStream() },
      "wasi:cli/terminal-input": { TerminalInput },
      "wasi:cli/terminal-output": { TerminalOutput },
      "wasi:cli/terminal-stdin": { getTerminalStdin: none },
      "wasi:cli/terminal-stdout": { getTerminalStdout: none },
      "wasi:cli/terminal-stderr": { getTerminalStderr: none },
      "wasi:io/error": { Error: WasiError },
      "wasi:io/poll": {
        Pollable,
        poll: (list: unknown[]) => Uint32Array.from(list.map((_, index) => index)),
      },
      "wasi:io/streams": { InputStream, OutputStream },
      "wasi:clocks/monotonic-clock": {
        now: nanos,
        resolution: () => BigIntOf(1_000_000),
        subscribeDuration: () => new Pollable(),
        subscribeInstant: () => new Pollable(),
      },
      "wasi:clocks/wall-clock": {
        now: () => {
          // Milliseconds are enough for a date and too coarse for a timing attack.
          const ms = host.now();
          return { seconds: BigIntOf(Math.floor(ms / 1000)), nanoseconds: (ms % 1000) * 1_000_000 };
        },
        resolution: () => ({ seconds: BigIntOf(0), nanoseconds: 1_000_000 }),
      },
      "wasi:random/random": { getRandomBytes: getBytes, getRandomU64: u64 },
      "wasi:random/insecure": { getInsecureRandomBytes: getBytes, getInsecureRandomU64: u64 },
      "wasi:random/insecure-seed": { insecureSeed: () => [u64(), u64()] },
    };
  };

  const importsOf = (id: number) => {
    const imports = bare();
    const stubs = wasi();
    for (const name of importNames) {
      const stub = stubs[name];
      if (stub !== undefined) imports[name] = setPrototypeOf(stub, null);
    }
    for (const [name, members] of functions) {
      const instance = bare();
      for (const member of members) instance[member] = hostCall(id, `${name}#${member}`);
      imports[name] = instance;
    }
    return imports;
  };

  const run = async (id: number, request: unknown) => {
    const memories: WasmMemory[] = [];
    try {
      const instanceOf = (module: WasmModule, imports?: object) => {
        const instance = new Instance(module, imports);
        for (const [, value] of entries(instance.exports)) {
          if (value instanceof Memory) memories[memories.length] = value;
        }
        return instance;
      };
      const root = (await instantiate?.((name: string) => modules.get(name), importsOf(id), instanceOf)) as {
        handler?: (request: unknown) => unknown;
      };
      const result = await root.handler?.(request);
      if (!calls.has(id)) return;
      const { json, bytes } = pack(result);
      host.send(`{"t":"result","id":${id},"v":${json}}`, bytes);
    } catch (error) {
      if (!calls.has(id)) return;
      let message = "trap";
      try {
        message = StringOf((error as { message?: unknown }).message ?? error).slice(0, 500);
      } catch {
        // the thrown value does not even turn into text
      }
      let full = false;
      for (const memory of memories) full ||= memory.buffer.byteLength >= memoryCapBytes * 0.75;
      host.send(`{"t":"trap","id":${id},"memory":${full},"message":${stringify(message)}}`, null);
    } finally {
      calls.delete(id);
    }
  };

  return {
    alloc: (length) => new U8(length),
    addModule(name, bytes) {
      modules.set(name, new Module(bytes));
    },
    link(made, functionsJson, importsJson) {
      instantiate = made as (...args: unknown[]) => unknown;
      functions = parse(functionsJson) as [string, string[]][];
      importNames = parse(importsJson) as string[];
    },
    call(id, requestJson, bytes) {
      calls.set(id, { pending: new MapOf(), seq: 0 });
      void run(id, unpack(requestJson, bytes));
    },
    answer(id, seq, kind, json, bytes) {
      const waiting = calls.get(id)?.pending.get(seq);
      if (waiting === undefined) return;
      calls.get(id)?.pending.delete(seq);
      const value = unpack(json, bytes);
      if (kind === "ok") waiting.resolve(value);
      else waiting.reject(value);
    },
    cancel(id) {
      calls.delete(id);
    },
  };
}
