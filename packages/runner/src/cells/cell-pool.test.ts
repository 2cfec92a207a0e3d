import { describe, expect, it, vi } from "vitest";
import { RunnerError } from "../errors.ts";
import { RUNNER_LIMITS, type CellSharing, type RunnerLimits } from "../options.ts";
import type { Artifact } from "../prepare/artifact.ts";
import type { CallSignal } from "./call-signal.ts";
import { UNTOUCHED, type Cell, type CellCall } from "./cell.ts";
import { createCellPool } from "./cell-pool.ts";
import type { GuestResponse } from "./guest-response.ts";

const ARTIFACT: Artifact = { glue: "", modules: [], imports: [], memoryCapBytes: 0, isRestorable: true };
const RESPONSE: GuestResponse = { status: 200, headers: {}, body: null };

interface FakeCell extends Cell {
  readonly pending: { finish: () => void; fail: (error: RunnerError) => void }[];
  /** Components it was given. */
  loads: number;
  /** End by itself. */
  crash: () => void;
}

interface Wish {
  readonly tenant?: string;
  readonly deadlineMs?: number;
  readonly load?: () => Promise<Artifact>;
  readonly signal?: CallSignal;
}

function setUp(
  limits: Partial<RunnerLimits> = {},
  options: { sharing?: CellSharing; measure?: (pid: number) => Promise<number>; refuses?: boolean } = {},
) {
  const all: FakeCell[] = [];
  const pool = createCellPool({
    ...options,
    limits: { ...RUNNER_LIMITS, spareCells: 0, ...limits },
    start: () => {
      const gone = Promise.withResolvers<void>();
      let dead = false;
      const pending: FakeCell["pending"] = [];
      const die = () => {
        dead = true;
        gone.resolve();
      };
      const cell: FakeCell = {
        pending,
        loads: 0,
        up: Promise.resolve(),
        pid: all.length + 1,
        ended: gone.promise,
        responsive: () => Promise.resolve(),
        get inFlight() {
          return pending.length;
        },
        get isDead() {
          return dead;
        },
        load: () => {
          cell.loads += 1;
          const ready =
            options.refuses === true
              ? Promise.reject(new RunnerError("component_rejected", "no"))
              : Promise.resolve();
          ready.catch(() => undefined);
          return {
            ready,
            get isSound() {
              return !dead;
            },
            call: () =>
              new Promise((resolve, reject) =>
                pending.push({ finish: () => resolve(RESPONSE), fail: reject }),
              ),
          };
        },
        kill: die,
        crash() {
          die();
          for (const one of pending.splice(0)) one.fail(new RunnerError("runner_crashed", "gone"));
        },
      };
      all.push(cell);
      return cell;
    },
  });
  const run = (install: string, { tenant = install, deadlineMs = 5_000, load, signal }: Wish = {}) =>
    pool.run({ tenant, install, component: install }, load ?? (() => Promise.resolve(ARTIFACT)), {
      deadlineAt: performance.now() + deadlineMs,
      ...(signal === undefined ? {} : { signal }),
    } as CellCall);
  const codeOf = (outcome: Promise<unknown>) =>
    outcome.then(
      () => "ok",
      (error: RunnerError) => error.code,
    );
  /** Let every promise that can settle do so. */
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    pool,
    /** In the order of their start. */
    all,
    run,
    codeOf,
    settle,
    finish: (cell: FakeCell | undefined) => cell?.pending.shift()?.finish(),
  };
}

describe("createCellPool", () => {
  it("keeps one cell per install and queues beyond its concurrency", async () => {
    const { pool, all, run, settle, finish } = setUp({ concurrentPerInstall: 2 });
    const calls = [run("a"), run("a"), run("a"), run("b")];
    await settle();
    expect(all.map((cell) => cell.pending.length)).toEqual([2, 1]);
    expect(pool.waiting).toBe(1);
    finish(all[0]);
    await settle();
    expect(all[0]?.pending).toHaveLength(2);
    for (const cell of all) while (cell.pending.length > 0) finish(cell);
    expect(await Promise.all(calls)).toEqual([RESPONSE, RESPONSE, RESPONSE, RESPONSE]);
    expect(pool.inFlight).toBe(0);
    await pool.close(0);
  });

  it("refuses a full queue, and gives up waiting at the deadline or when the caller goes away", async () => {
    const { run, codeOf, all, settle, pool, finish } = setUp({ concurrentPerInstall: 1, queuePerInstall: 2 });
    const first = run("a");
    await settle();
    const waiting = codeOf(run("a", { deadlineMs: 20 }));
    const caller = new AbortController();
    const left = codeOf(run("a", { signal: caller.signal }));
    await expect(run("a")).rejects.toMatchObject({ code: "overloaded", retryable: true });
    caller.abort();
    expect(await left).toBe("execute_failed");
    expect(await waiting).toBe("deadline_exceeded");
    expect(pool.waiting).toBe(0);
    finish(all[0]);
    await first;
    await pool.close(0);
  });

  it("makes room by ending the cell idle longest, never a busy one", async () => {
    const { run, all, settle, pool, finish } = setUp({ cells: 2, queueMs: 20 });
    const busy = run("a");
    const short = run("b");
    await settle();
    finish(all[1]);
    await short;
    const third = run("c");
    await settle();
    expect(all.map((cell) => cell.isDead)).toEqual([false, true, false]);
    await expect(run("d")).rejects.toMatchObject({
      code: "not_admitted",
      details: { limit: "cells", retryAfterS: 1 },
    });
    finish(all[0]);
    finish(all[2]);
    await Promise.all([busy, third]);
    await pool.close(0);
  });

  it("gives a waiting call the cell that becomes idle", async () => {
    const { run, all, settle, pool, finish } = setUp({ cells: 1 });
    const first = run("a");
    const second = run("b");
    await settle();
    expect(all).toHaveLength(1);
    finish(all[0]);
    await first;
    await settle();
    expect(all.map((cell) => cell.isDead)).toEqual([true, false]);
    finish(all[1]);
    await second;
    await pool.close(0);
  });

  it("lets tenants take turns, so that a flood waits behind itself", async () => {
    const { run, all, settle, pool, finish } = setUp({ concurrent: 1, cells: 8 });
    const order: string[] = [];
    const start = (install: string) => void run(install).then(() => order.push(install));
    for (let call = 0; call < 6; call += 1) start("flood");
    await settle();
    start("quiet");
    start("other");
    for (let step = 0; step < 8; step += 1) {
      await settle();
      finish(all.find((cell) => cell.pending.length > 0));
    }
    await settle();
    expect(order.slice(0, 4)).toEqual(["flood", "flood", "quiet", "other"]);
    expect(order).toHaveLength(8);
    await pool.close(0);
  });

  it("counts a tenant's installs together", async () => {
    const { run, all, settle, pool, finish } = setUp({ concurrentPerTenant: 2, queuePerTenant: 1 });
    const calls = [run("a", { tenant: "t" }), run("b", { tenant: "t" }), run("c", { tenant: "t" })];
    await settle();
    await expect(run("d", { tenant: "t" })).rejects.toMatchObject({
      code: "overloaded",
      details: { limit: "queuePerTenant" },
    });
    expect(all).toHaveLength(2);
    for (let step = 0; step < 3; step += 1) {
      finish(all.find((cell) => cell.pending.length > 0));
      await settle();
    }
    await Promise.all(calls);
    await pool.close(0);
  });

  it("runs an untouched bystander again, once, and no other crash", async () => {
    const { run, all, settle, pool } = setUp();
    const call = run("a");
    await settle();
    const lost = new RunnerError("runner_crashed", "gone", { details: { [UNTOUCHED]: true } });
    all[0]?.kill();
    all[0]?.pending.shift()?.fail(lost);
    await settle();
    expect(all).toHaveLength(2);
    all[1]?.crash();
    await expect(call).rejects.toMatchObject({ code: "runner_crashed" });
    await pool.close(0);
  });

  it("lets an install rest whose cells die one after the other, then tries one call", async () => {
    const { run, codeOf, all, settle, pool, finish } = setUp();
    for (let crash = 0; crash < 3; crash += 1) {
      const outcome = codeOf(run("a"));
      await settle();
      all.at(-1)?.crash();
      expect(await outcome).toBe("runner_crashed");
    }
    await expect(run("a")).rejects.toMatchObject({
      code: "not_admitted",
      details: { reason: "crash_loop", retryAfterS: 1 },
    });
    const neighbour = run("b");
    await settle();
    finish(all.at(-1));
    await neighbour;
    const { attempt: probe } = await new Promise<{ attempt: Promise<GuestResponse> }>((resolve) => {
      const retry = setInterval(() => {
        const before = all.length;
        const attempt = run("a");
        attempt.catch(() => undefined);
        setImmediate(() => {
          if (all.length === before) return;
          clearInterval(retry);
          resolve({ attempt });
        });
      }, 20);
    });
    await expect(run("a")).rejects.toMatchObject({ code: "not_admitted" });
    finish(all.at(-1));
    await probe;
    const healthy = run("a");
    await settle();
    finish(all.at(-1));
    await healthy;
    await pool.close(0);
  });

  it("ends a cell that refuses its only component, and counts it as a crash", async () => {
    const { run, codeOf, all, pool } = setUp({}, { refuses: true });
    for (let refusal = 0; refusal < 3; refusal += 1)
      expect(await codeOf(run("a"))).toBe("component_rejected");
    expect(all.map((cell) => cell.isDead)).toEqual([true, true, true]);
    expect(await codeOf(run("a"))).toBe("not_admitted");
    expect(all).toHaveLength(3);
    await pool.close(0);
  });

  it("takes a spare first and starts the next once the cold start is over", async () => {
    const { run, all, settle, pool, finish } = setUp({ spareCells: 1 });
    expect(all).toHaveLength(1);
    const call = run("a");
    await settle();
    await expect.poll(() => all.length).toBe(2);
    expect([all[0]?.loads, all[1]?.loads]).toEqual([1, 0]);
    expect([pool.size, pool.spares]).toEqual([1, 1]);
    all[1]?.kill();
    finish(all[0]);
    await call;
    await pool.close(0);
    expect(all.every((cell) => cell.isDead)).toBe(true);
  });

  it("starts a process while its component is read, and ends it if none comes", async () => {
    const { run, codeOf, all, pool } = setUp({ idleMs: 20 });
    const { promise, reject } = Promise.withResolvers<Artifact>();
    const call = codeOf(run("a", { load: () => promise }));
    expect(all).toHaveLength(1);
    reject(new RunnerError("bundle_fetch_failed", "no"));
    expect(await call).toBe("bundle_fetch_failed");
    await expect.poll(() => all[0]?.isDead).toBe(true);
    expect([all.length, all[0]?.loads]).toEqual([1, 0]);
    await pool.close(0);
  });

  it("says of a call that its start outlasted that it was not begun, and serves the next one", async () => {
    const { run, all, settle, pool, finish } = setUp();
    const prepared = Promise.withResolvers<Artifact>();
    const load = () => prepared.promise;
    await expect(run("a", { load, deadlineMs: 10 })).rejects.toMatchObject({
      code: "deadline_exceeded",
      details: { reason: "not_started", retryAfterS: 1 },
    });
    const next = run("a", { load });
    prepared.resolve(ARTIFACT);
    await settle();
    const called = all.filter(({ pending }) => pending.length > 0);
    expect(called).toHaveLength(1);
    finish(called[0]);
    expect(await next).toBe(RESPONSE);
    await pool.close(0);
  });

  it("starts no spare while a cell is starting", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const { run, all, settle, pool, finish } = setUp({ spareCells: 1 });
      const loaded = Promise.withResolvers<Artifact>();
      const calls = [run("a"), run("b", { load: () => loaded.promise })];
      await settle();
      vi.advanceTimersByTime(500);
      expect(all).toHaveLength(2);
      loaded.resolve(ARTIFACT);
      await settle();
      expect(all).toHaveLength(2);
      vi.advanceTimersByTime(500);
      expect(all).toHaveLength(3);
      for (const cell of all) finish(cell);
      await Promise.all(calls);
      await pool.close(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it("keeps a tenant's installs in one cell when told so, and other tenants out of it", async () => {
    const { run, all, settle, pool, finish } = setUp({}, { sharing: "tenant" });
    const calls = [run("a", { tenant: "t" }), run("b", { tenant: "t" }), run("c", { tenant: "u" })];
    await settle();
    expect(all.map(({ loads, pending }) => [loads, pending.length])).toEqual([
      [2, 2],
      [1, 1],
    ]);
    for (const cell of all) while (cell.pending.length > 0) finish(cell);
    await Promise.all(calls);
    pool.end((component) => component === "b");
    expect(all.map((cell) => cell.isDead)).toEqual([true, false]);
    await pool.close(0);
  });

  it("ends idle cells when all together are too large, and starts none beyond the budget", async () => {
    const sizes = new Map([
      [1, 400],
      [2, 300],
    ]);
    const { promise: measured, resolve } = Promise.withResolvers<void>();
    const { run, codeOf, all, settle, pool, finish } = setUp(
      { cellsBytes: 500 << 20, idleMs: 400, queueMs: 20 },
      {
        measure: (pid) => {
          if (pid === 2) resolve();
          return Promise.resolve((sizes.get(pid) ?? 1) << 20);
        },
      },
    );
    const idle = run("a");
    const busy = run("b");
    await settle();
    finish(all[0]);
    await idle;
    await measured;
    await settle();
    expect(all.map((cell) => cell.isDead)).toEqual([true, false]);
    sizes.set(2, 480);
    await all[0]?.ended;
    await expect.poll(() => pool.bytes >> 20).toBe(480);
    expect(await codeOf(run("c"))).toBe("not_admitted");
    finish(all[1]);
    await busy;
    await pool.close(0);
  });

  it("ends idle cells and every cell at close", async () => {
    const { pool, all, run, settle, finish } = setUp({ idleMs: 1 });
    const call = run("a");
    await settle();
    finish(all[0]);
    await call;
    await all[0]?.ended;
    expect(pool.size).toBe(0);
    const running = run("b");
    await settle();
    const closing = pool.close(10);
    await expect(run("c")).rejects.toMatchObject({ code: "not_admitted" });
    await closing;
    expect(all[1]?.isDead).toBe(true);
    all[1]?.crash();
    await expect(running).rejects.toMatchObject({ code: "runner_crashed" });
  });

  it("finishes what it took when it closes, and refuses what still waits when the grace is over", async () => {
    const { pool, all, run, codeOf, settle, finish } = setUp({ concurrentPerInstall: 1 });
    const calls = [codeOf(run("a")), codeOf(run("a")), codeOf(run("a"))];
    await settle();
    const closing = pool.close(200);
    finish(all[0]);
    await settle();
    finish(all[0]);
    expect(await calls[1]).toBe("ok");
    await closing;
    all[0]?.crash();
    expect(await calls[2]).toBe("runner_crashed");
    const again = setUp({ concurrentPerInstall: 1 });
    const waiting = [again.run("a"), codeOf(again.run("a"))];
    await settle();
    await again.pool.close(5);
    expect(await waiting[1]).toBe("not_admitted");
    again.all[0]?.crash();
    await expect(waiting[0]).rejects.toMatchObject({ code: "runner_crashed" });
  });

  it("does not serve a failed start to the next call", async () => {
    const { pool, all, run, settle, finish } = setUp();
    const load = () => Promise.reject(new RunnerError("bundle_fetch_failed", "no"));
    await expect(run("a", { load })).rejects.toMatchObject({ code: "bundle_fetch_failed" });
    const second = run("a");
    await settle();
    finish(all[0]);
    expect(await second).toEqual(RESPONSE);
    await pool.close(0);
  });

  it("ends unwanted cells, idle, running or starting, and no others", async () => {
    const { pool, all, run, settle, finish } = setUp();
    const calls = [run("a"), run("b"), run("c")];
    await settle();
    for (const cell of all) finish(cell);
    await Promise.all(calls);
    const running = run("b");
    await settle();
    const { promise: artifact, resolve } = Promise.withResolvers<Artifact>();
    let loads = 0;
    const load = () => {
      loads += 1;
      return loads === 1 ? artifact : Promise.reject(new RunnerError("bundle_fetch_failed", "revoked"));
    };
    const starting = run("d", { load });
    await settle();
    pool.end((component) => component !== "c");
    // The last one waits for its component.
    expect(all.map((cell) => cell.isDead)).toEqual([true, true, false, false]);
    expect(pool.size).toBe(1);
    resolve(ARTIFACT);
    await expect(starting).rejects.toMatchObject({ code: "bundle_fetch_failed" });
    expect(all.map((cell) => cell.loads)).toEqual([1, 1, 1, 0]);
    all[1]?.crash();
    await expect(running).rejects.toMatchObject({ code: "runner_crashed" });
    const again = run("c");
    await settle();
    finish(all[2]);
    await again;
    await pool.close(0);
  });
});
