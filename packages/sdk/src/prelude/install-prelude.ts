import { SdkError } from "../errors.ts";
import type { GuestRuntime } from "../ports.ts";
import { createDateClass, createPerformance } from "./guest-clock.ts";
import { createConsole, type LogSink } from "./guest-console.ts";
import { createPromiseClass, type UnhandledRejections } from "./guest-promise.ts";
import { createCrypto, createMathRandom, type RandomBytes } from "./guest-random.ts";
import { GuestTextDecoder } from "./guest-text-decoder.ts";
import { GuestTextEncoder } from "./guest-text-encoder.ts";
import { GuestURL } from "./guest-url.ts";
import { GuestURLSearchParams } from "./guest-url-search-params.ts";
import { createJobQueue } from "./job-queue.ts";

/** What the prelude needs from the component's imports. */
export interface PreludeOptions {
  /** Functions of `wasi:clocks/wall-clock`. */
  readonly wallClock: { now(): { readonly seconds: number | bigint; readonly nanoseconds: number } };
  /** Functions of `wasi:random/random`. */
  readonly random: { getRandomBytes(length: number | bigint): Uint8Array };
  /** Functions of `alga:extension/logging`, when the component imports it. */
  readonly logging?: {
    logInfo(message: string): void;
    logWarn(message: string): void;
    logError(message: string): void;
  };
}

/**
 * Give a bare QuickJS global the web APIs handlers expect, at native speed, and a promise queue that one synchronous
 * call can finish.
 *
 * The module scope of an extension runs once, when it is built: no host answers there. `Date` is the build's own,
 * console lines vanish, and asking for randomness throws, because every instance would share the answer.
 */
export function installPrelude(scope: typeof globalThis, options: PreludeOptions): GuestRuntime {
  let isLive = false;
  const NativeDate = scope.Date;
  const nativeNow = NativeDate.now;
  const nativeRandom = scope.Math.random;

  const now = (): number => {
    if (!isLive) return nativeNow();
    const { seconds, nanoseconds } = options.wallClock.now();
    return Number(seconds) * 1000 + Math.floor(nanoseconds / 1_000_000);
  };
  const randomBytes: RandomBytes = (length) => {
    if (isLive) return options.random.getRandomBytes(length);
    throw new TypeError(
      "No randomness at module scope: it runs once, at build, for every install. Move it into the handler.",
    );
  };
  const log =
    (name: "logInfo" | "logWarn" | "logError") =>
    (line: string): void => {
      if (isLive) options.logging?.[name](line);
    };
  const sink: LogSink = { info: log("logInfo"), warn: log("logWarn"), error: log("logError") };
  const guestConsole = createConsole(sink);
  const unhandled: UnhandledRejections = new Map();
  const queue = createJobQueue((error) => guestConsole.error("Uncaught in a microtask:", error));
  const GuestPromise = createPromiseClass(queue, unhandled);
  const finishJobs = () => {
    queue.drain();
    for (const error of unhandled.values()) guestConsole.error("Unhandled rejection:", error);
    unhandled.clear();
  };
  const liveRandom = createMathRandom(randomBytes);

  define(scope, {
    Promise: GuestPromise,
    queueMicrotask: (job: () => void) => queue.enqueue(job),
    Date: createDateClass(NativeDate, now),
    performance: createPerformance(now),
    crypto: createCrypto(randomBytes),
    console: guestConsole,
    TextEncoder: GuestTextEncoder,
    TextDecoder: GuestTextDecoder,
    URL: GuestURL,
    URLSearchParams: GuestURLSearchParams,
  });
  define(scope.Math, { random: () => (isLive ? liveRandom() : nativeRandom()) });
  define(scope.Array, { fromAsync });

  return {
    beginCall() {
      isLive = true;
    },
    settle<Value>(value: Value | PromiseLike<Value>): Value {
      // A promise costs a guest as much as a small handler.
      if (!isThenable(value)) {
        finishJobs();
        return value;
      }
      let outcome: { readonly value: Value } | { readonly error: unknown } | undefined;
      GuestPromise.resolve(value).then(
        (result) => {
          outcome = { value: result };
        },
        (error: unknown) => {
          outcome = { error };
        },
      );
      finishJobs();
      if (outcome === undefined) {
        throw new SdkError("handler_stalled", "The handler awaits a promise that nothing will settle.");
      }
      if ("error" in outcome) throw outcome.error;
      return outcome.value;
    },
  };
}

function isThenable<Value>(value: Value | PromiseLike<Value>): value is PromiseLike<Value> {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return false;
  return typeof (value as { then?: unknown }).then === "function";
}

function define(target: object, properties: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(properties)) {
    Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false });
  }
}

/** `Array.fromAsync` on the guest's promises; the engine's own would never finish. */
async function fromAsync(
  items: AsyncIterable<unknown> | Iterable<unknown>,
  map?: (value: unknown, index: number) => unknown,
): Promise<unknown[]> {
  const list: unknown[] = [];
  for await (const item of items) list.push(map === undefined ? item : await map(item, list.length));
  return list;
}
