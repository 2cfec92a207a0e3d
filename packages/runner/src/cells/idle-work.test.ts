import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it, vi } from "vitest";
import { RUNNER_LIMITS } from "../options.ts";
import type { Cell } from "./cell.ts";
import { createCellSlots, type CellSlots } from "./cell-slots.ts";
import { processCpuMs } from "./process-cpu.ts";

const ARTIFACT = { glue: "", modules: [], imports: [], memoryCapBytes: 0, isRestorable: true };

/** Slots with one idle cell whose process has used so much CPU time. */
async function setUp(cpu: { ms: number }) {
  let looks = 0;
  const gone = Promise.withResolvers<void>();
  const ready = Promise.resolve();
  const cell = {
    up: ready,
    pid: 1,
    inFlight: 0,
    isDead: false,
    ended: gone.promise,
    load: () => ({ ready, isSound: true, call: () => Promise.reject(new TypeError("nobody calls")) }),
    responsive: () => ready,
    kill() {
      cell.isDead = true;
      gone.resolve();
    },
  };
  const onCrash = vi.fn<(key: string) => void>();
  const slots: CellSlots = createCellSlots({
    limits: { ...RUNNER_LIMITS, spareCells: 0, idleMs: 60_000 },
    start: () => cell satisfies Cell,
    measure: () => Promise.resolve(1),
    measureCpu: () => {
      looks += 1;
      return Promise.resolve(cpu.ms);
    },
    onCrash,
    onRoom: () => undefined,
  });
  const slot = slots.claim("a", "t");
  if (typeof slot === "string") throw new TypeError("no room");
  await slots.guestIn(slot, "c", () => Promise.resolve(ARTIFACT));
  return {
    slots,
    slot,
    cell,
    onCrash,
    look: async () => {
      const before = looks;
      await vi.advanceTimersByTimeAsync(1_000);
      return looks - before;
    },
  };
}

it("ends a cell that works on after its last call", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "setTimeout", "clearInterval", "clearTimeout"] });
  const cpu = { ms: 90_000 };
  const { slots, slot, cell, onCrash, look } = await setUp(cpu);
  try {
    // With a call in it, it may use what it likes: deadlines hold.
    expect(await look()).toBe(0);
    cpu.ms += 90_000;
    slots.release(slot);
    expect(await look()).toBe(1);
    cpu.ms += 3_000;
    await look();
    expect([cell.isDead, slots.size]).toEqual([false, 1]);
    // What a call used is no idle work.
    slots.claim("a", "t");
    cpu.ms += 3_000;
    slots.release(slot);
    await look();
    cpu.ms += 3_000;
    await look();
    expect(cell.isDead).toBe(false);
    cpu.ms += 10;
    await look();
    expect([cell.isDead, slots.size, onCrash.mock.calls]).toEqual([true, 0, [["a"]]]);
  } finally {
    await slots.close();
    vi.useRealTimers();
  }
});

it("counts the CPU time of a process and what is below it", async () => {
  const script = `require("node:child_process").spawn(process.execPath, ["-e", "for(;;);"], { stdio: "ignore" })
    .on("spawn", () => process.stdout.write("up"));`;
  const parent = spawn(process.execPath, ["-e", script], {
    stdio: ["ignore", "pipe", "ignore"],
    detached: true,
  });
  try {
    await once(parent.stdout, "data");
    const before = await processCpuMs(parent.pid ?? 0);
    await vi.waitFor(async () => expect(await processCpuMs(parent.pid ?? 0)).toBeGreaterThan(before + 100), {
      timeout: 5_000,
    });
  } finally {
    process.kill(-(parent.pid ?? 0), "SIGKILL");
  }
  expect(await processCpuMs(2 ** 30)).toBe(0);
});
