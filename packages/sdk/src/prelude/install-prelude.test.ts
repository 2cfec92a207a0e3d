import { createContext, runInContext } from "node:vm";
import { beforeEach, describe, expect, test } from "vitest";
import type { GuestRuntime } from "../ports.ts";
import { installPrelude } from "./install-prelude.ts";

/** A bare global of its own, as the engine's is. */
let scope: typeof globalThis;
let runtime: GuestRuntime;
let lines: string[];
let nowMs: number;
let randomCalls: number;

beforeEach(() => {
  lines = [];
  nowMs = Date.UTC(2026, 1, 3, 4, 5, 6, 789);
  randomCalls = 0;
  scope = runInContext("globalThis", createContext()) as typeof globalThis;
  runtime = installPrelude(scope, {
    wallClock: {
      now: () => ({
        seconds: BigInt(Math.floor(nowMs / 1000)),
        nanoseconds: (nowMs % 1000) * 1_000_000 + 999_999,
      }),
    },
    random: {
      getRandomBytes: (length) => {
        randomCalls++;
        return crypto.getRandomValues(new Uint8Array(Number(length)));
      },
    },
    logging: {
      logInfo: (line) => lines.push(`info ${line}`),
      logWarn: (line) => lines.push(`warn ${line}`),
      logError: (line) => lines.push(`error ${line}`),
    },
  });
});

describe("before the first call", () => {
  test("the time is the build's own and nothing is logged", () => {
    expect(Math.abs(scope.Date.now() - Date.now())).toBeLessThan(60_000);
    scope.console.error("nobody hears this");
    expect(lines).toEqual([]);
  });

  test("there is no randomness to share between installs", () => {
    expect(() => scope.crypto.randomUUID()).toThrow(TypeError);
    expect(() => scope.crypto.getRandomValues(new Uint8Array(1))).toThrow(TypeError);
    expect(randomCalls).toBe(0);
  });
});

describe("during a call", () => {
  beforeEach(() => runtime.beginCall());

  test("the time is the host's", () => {
    expect(scope.Date.now()).toBe(nowMs);
    expect(new scope.Date().toISOString()).toBe("2026-02-03T04:05:06.789Z");
    expect(scope.Date()).toBe(new Date(nowMs).toString());
    const before = scope.performance.now();
    nowMs += 40;
    expect(scope.performance.now() - before).toBe(40);
  });

  test("a Date is still a Date", () => {
    const date = new scope.Date(2020, 1, 29);
    expect(date instanceof scope.Date).toBe(true);
    expect(date.constructor).toBe(scope.Date);
    expect(scope.Date.UTC(2020, 0)).toBe(Date.UTC(2020, 0));
    expect(scope.Date.parse("2020-01-01")).toBe(Date.parse("2020-01-01"));
    expect([scope.Date.length, scope.Date.name]).toEqual([7, "Date"]);
    class Later extends scope.Date {}
    expect(new Later().getTime()).toBe(nowMs);
    expect(new Later() instanceof Later).toBe(true);
  });

  test("randomness is the host's", () => {
    const uuids = Array.from({ length: 50 }, () => scope.crypto.randomUUID());
    for (const uuid of uuids)
      expect(uuid).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    expect(new Set(uuids).size).toBe(50);
    const words = scope.crypto.getRandomValues(new Uint32Array(8));
    expect(new Set(words).size).toBeGreaterThan(1);
    expect(() => scope.crypto.getRandomValues(new Uint8Array(70_000))).toThrow(RangeError);
    expect(() => scope.crypto.getRandomValues(new Float64Array(1) as never)).toThrow(TypeError);
    randomCalls = 0;
    const numbers = Array.from({ length: 64 }, () => scope.Math.random());
    expect(randomCalls).toBe(2);
    expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
    expect(new Set(numbers).size).toBe(64);
  });

  test("console lines are log lines", () => {
    scope.console.log("a", 1, { b: [2] }, null, undefined);
    scope.console.warn("careful");
    scope.console.assert(true, "quiet");
    scope.console.assert(false, "loud");
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    scope.console.error(cycle, new scope.TypeError("bad"));
    expect(lines.slice(0, 3)).toEqual([
      'info a 1 {"b":[2]} null undefined',
      "warn careful",
      "error Assertion failed: loud",
    ]);
    expect(lines[3]).toMatch(/^error \[object Object\] .*/);
  });
});

describe("settle", () => {
  const { settle } = { settle: <T>(value: T | PromiseLike<T>): T => runtime.settle(value) };

  test("answers plain values, fulfilled promises and what an async chain ends in", () => {
    const P = scope.Promise;
    expect(settle(1)).toBe(1);
    expect(settle(P.resolve("two"))).toBe("two");
    expect(
      settle(
        P.resolve(1)
          .then((one) => P.resolve(one + 1))
          .then((two) => two * 2),
      ),
    ).toBe(4);
  });

  test("throws what was rejected", () => {
    const reason = new RangeError("no");
    expect(() => settle(scope.Promise.reject(reason))).toThrow(reason);
  });

  test("says so when nothing can settle it", () => {
    expect(() => settle(new scope.Promise(() => {}))).toThrow(
      expect.objectContaining({ code: "handler_stalled" }),
    );
  });

  test("finishes work that nobody awaits, and reports what it throws", () => {
    runtime.beginCall();
    const seen: string[] = [];
    scope.queueMicrotask(() => seen.push("microtask"));
    scope.queueMicrotask(() => {
      throw new TypeError("in a microtask");
    });
    void scope.Promise.reject(new RangeError("forgotten"));
    expect(settle("done")).toBe("done");
    expect(seen).toEqual(["microtask"]);
    expect(lines.map((line) => line.split("\n")[0])).toEqual([
      "error Uncaught in a microtask: TypeError: in a microtask",
      "error Unhandled rejection: RangeError: forgotten",
    ]);
    lines.length = 0;
    settle("again");
    expect(lines).toEqual([]);
  });
});
