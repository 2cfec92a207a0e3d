import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { expect, it } from "vitest";
import { RUNNER_LIMITS } from "../options.ts";
import { raiseWall } from "../wall/raise-wall.ts";
import type { Cell } from "./cell.ts";
import { createCellPool } from "./cell-pool.ts";
import { processMemory } from "./process-memory.ts";
import { startCell } from "./start-cell.ts";

const TIMES = 50;
const AT_ONCE = 5;

/** Processes below this one, by the kernel's own book. */
function descendants(): number {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
    } catch {
      // It ended meanwhile.
    }
  }
  const below = (parent: number): number =>
    [...parents].reduce((sum, [child, of]) => (of === parent ? sum + 1 + below(child) : sum), 0);
  return below(process.pid);
}

async function pidOf(cell: Cell): Promise<number> {
  while (cell.pid === undefined) await delay(1);
  return cell.pid;
}

const holdings = () => ({
  processes: descendants(),
  descriptors: readdirSync("/proc/self/fd").length,
});

it("leaves nothing behind, however often cells start and die", async () => {
  const alone = holdings();
  const wall = await raiseWall({ allowNone: true });
  const glue = `function instantiate() { return { handler: async () => ({ status: 204, headers: [], body: null }) }; }`;
  const artifact = { glue, modules: [], imports: [], memoryCapBytes: 1 << 20, isRestorable: false };
  const start = () => startCell({ wall, limits: RUNNER_LIMITS });
  const live = async (index: number) => {
    const cell = start();
    // Some die empty, some loaded, some in a call.
    if (index % 3 > 0) await cell.load(artifact).ready;
    const calling =
      index % 3 < 2
        ? null
        : cell
            .load(artifact)
            .call({
              request: null,
              deadlineAt: performance.now() + 10_000,
              onHostCall: () => new Promise(() => undefined),
            })
            .catch(() => null);
    if (index % 2 === 0) process.kill(await pidOf(cell), "SIGKILL");
    else cell.kill();
    await Promise.all([cell.ended, calling]);
  };
  await live(0);
  const before = holdings();
  for (let index = 0; index < TIMES; index += AT_ONCE)
    await Promise.all(Array.from({ length: AT_ONCE }, (_, offset) => live(index + offset)));
  const pool = createCellPool({ limits: { ...RUNNER_LIMITS, spareCells: 2 }, start });
  await pool.run({ tenant: "t", install: "i", component: "c" }, () => Promise.resolve(artifact), {
    request: null,
    deadlineAt: performance.now() + 10_000,
    onHostCall: () => new Promise(() => undefined),
  });
  expect(descendants()).toBeGreaterThan(before.processes);
  await pool.close(0);
  await expect.poll(holdings, { timeout: 5_000 }).toEqual(before);
  await wall.close();
  expect(holdings().processes).toBe(alone.processes);
}, 120_000);

it("measures what a process and those below it hold", async () => {
  expect(await processMemory(process.pid)).toBeGreaterThan(10 << 20);
  expect(await processMemory(2 ** 30)).toBe(0);
});
