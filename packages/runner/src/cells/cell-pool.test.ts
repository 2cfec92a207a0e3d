import { describe, expect, it } from "vitest";
import { RunnerError } from "../errors.ts";
import { RUNNER_LIMITS, type RunnerLimits } from "../options.ts";
import type { Artifact } from "../prepare/artifact.ts";
import { UNTOUCHED, type Cell, type CellCall } from "./cell.ts";
import { createCellPool } from "./cell-pool.ts";
import type { GuestResponse } from "./guest-response.ts";

const ARTIFACT: Artifact = { glue: "", modules: [], imports: [], memoryCapBytes: 0, isRestorable: true };
const RESPONSE: GuestResponse = { status: 200, headers: {}, body: null };

interface FakeCell extends Cell {
  readonly pending: { finish: () => void; fail: (error: RunnerError) => void }[];
}

function setUp(limits: Partial<RunnerLimits> = {}) {
  const started: FakeCell[] = [];
  const pool = createCellPool({
    limits: { ...RUNNER_LIMITS, ...limits },
    start: () => {
      const gone = Promise.withResolvers<void>();
      let dead = false;
      const pending: FakeCell["pending"] = [];
      const cell: FakeCell = {
        pending,
        ready: Promise.resolve(),
        pid: undefined,
        ended: gone.promise,
        responsive: () => Promise.resolve(),
        get inFlight() {
          return pending.length;
        },
        get isDead() {
          return dead;
        },
        get isSound() {
          return !dead;
        },
        call: () =>
          new Promise((resolve, reject) => pending.push({ finish: () => resolve(RESPONSE), fail: reject })),
        kill: () => {
          dead = true;
          gone.resolve();
        },
      };
      started.push(cell);
      return cell;
    },
  });
  const run = (key: string, deadlineMs = 5_000) =>
    pool.run(key, () => Promise.resolve(ARTIFACT), {
      deadlineAt: performance.now() + deadlineMs,
    } as CellCall);
  /** Let every promise that can settle do so. */
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return { pool, started, run, settle };
}

describe("createCellPool", () => {
  it("keeps one cell per install and queues beyond its concurrency", async () => {
    const { pool, started, run, settle } = setUp({ concurrentPerInstall: 2 });
    const calls = [run("a"), run("a"), run("a"), run("b")];
    await settle();
    expect(started.map((cell) => cell.pending.length)).toEqual([2, 1]);
    started[0]?.pending[0]?.finish();
    await settle();
    expect(started[0]?.pending).toHaveLength(3);
    for (const cell of started) for (const call of cell.pending) call.finish();
    expect(await Promise.all(calls)).toEqual([RESPONSE, RESPONSE, RESPONSE, RESPONSE]);
    expect(pool.inFlight).toBe(0);
  });

  it("refuses a full queue, and gives up waiting at the deadline", async () => {
    const { run, started, settle, pool } = setUp({ concurrentPerInstall: 1, queuePerInstall: 1 });
    const first = run("a");
    await settle();
    const waiting = run("a", 20);
    await expect(run("a")).rejects.toMatchObject({ code: "overloaded", retryable: true });
    await expect(waiting).rejects.toMatchObject({ code: "deadline_exceeded" });
    started[0]?.pending[0]?.finish();
    await first;
    await pool.close(0);
  });

  it("makes room by ending the cell idle longest, never a busy one", async () => {
    const { run, started, settle, pool } = setUp({ cells: 2 });
    const busy = run("a");
    const short = run("b");
    await settle();
    started[1]?.pending[0]?.finish();
    await short;
    const third = run("c");
    await settle();
    expect(started.map((cell) => cell.isDead)).toEqual([false, true, false]);
    await expect(run("d")).rejects.toMatchObject({ code: "not_admitted", details: { limit: "cells" } });
    started[0]?.pending[0]?.finish();
    started[2]?.pending[0]?.finish();
    await Promise.all([busy, third]);
    await pool.close(0);
  });

  it("runs an untouched bystander again, once, and no other crash", async () => {
    const { run, started, settle, pool } = setUp();
    const call = run("a");
    await settle();
    const lost = new RunnerError("runner_crashed", "gone", { details: { [UNTOUCHED]: true } });
    started[0]?.kill();
    started[0]?.pending[0]?.fail(lost);
    await settle();
    expect(started).toHaveLength(2);
    started[1]?.pending[0]?.fail(new RunnerError("runner_crashed", "gone"));
    await expect(call).rejects.toMatchObject({ code: "runner_crashed" });
    await pool.close(0);
  });

  it("ends idle cells and every cell at close", async () => {
    const { run, started, settle, pool } = setUp({ idleMs: 1 });
    const call = run("a");
    await settle();
    started[0]?.pending[0]?.finish();
    await call;
    await started[0]?.ended;
    expect(pool.size).toBe(0);
    const running = run("b");
    await settle();
    const closing = pool.close(10);
    await expect(run("c")).rejects.toMatchObject({ code: "not_admitted" });
    await closing;
    expect(started[1]?.isDead).toBe(true);
    started[1]?.pending[0]?.fail(new RunnerError("runner_crashed", "closed"));
    await expect(running).rejects.toMatchObject({ code: "runner_crashed" });
  });

  it("does not serve a failed start to the next call", async () => {
    const { pool, started, settle } = setUp();
    const call = { deadlineAt: performance.now() + 5_000 } as CellCall;
    const failing = () => Promise.reject(new RunnerError("bundle_fetch_failed", "no"));
    await expect(pool.run("a", failing, call)).rejects.toMatchObject({ code: "bundle_fetch_failed" });
    const second = pool.run("a", () => Promise.resolve(ARTIFACT), call);
    await settle();
    started[0]?.pending[0]?.finish();
    expect(await second).toEqual(RESPONSE);
    await pool.close(0);
  });

  it("ends unwanted cells, idle, running or starting, and no others", async () => {
    const { pool, started, run, settle } = setUp();
    const calls = [run("a"), run("b"), run("c")];
    await settle();
    for (const cell of started) cell.pending.shift()?.finish();
    await Promise.all(calls);
    const running = run("b");
    await settle();
    const { promise: artifact, resolve } = Promise.withResolvers<Artifact>();
    const loads: string[] = [];
    const load = () => {
      loads.push("d");
      return loads.length === 1
        ? artifact
        : Promise.reject(new RunnerError("bundle_fetch_failed", "revoked"));
    };
    const starting = pool.run("d", load, { deadlineAt: performance.now() + 5_000 } as CellCall);
    await settle();

    pool.end((key) => key !== "c");
    expect(started.map((cell) => cell.isDead)).toEqual([true, true, false]);
    expect(pool.size).toBe(1);
    resolve(ARTIFACT);
    await expect(starting).rejects.toMatchObject({ code: "bundle_fetch_failed" });
    expect(started[3]?.isDead).toBe(true);
    expect(started[3]?.pending).toEqual([]);

    started[1]?.pending.shift()?.fail(new RunnerError("runner_crashed", "ended"));
    await expect(running).rejects.toMatchObject({ code: "runner_crashed" });
    const again = run("c");
    await settle();
    started[2]?.pending.shift()?.finish();
    await again;
    expect(started).toHaveLength(4);
    await pool.close(0);
  });
});
