import { readdirSync, readFileSync } from "node:fs";
import { getPriority } from "node:os";
import { expect, it, vi } from "vitest";
import { RUNNER_LIMITS } from "../options.ts";
import { raiseWall } from "../wall/raise-wall.ts";
import { startCell } from "./start-cell.ts";
import { yieldBackground } from "./yield-background.ts";

/** The process at the end of the wall's own ones. */
function innermost(pid: number): number {
  const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, "latin1").split(" ").filter(Boolean);
  return child === undefined ? pid : innermost(Number(child));
}

it("a cell that is up compiles behind everybody else, and runs guests beside them", async () => {
  const wall = await raiseWall({ allowNone: true });
  const cell = startCell({ wall, limits: RUNNER_LIMITS });
  try {
    await cell.up;
    const pid = innermost(cell.pid as number);
    const own = getPriority();
    const others = () =>
      readdirSync(`/proc/${pid}/task`)
        .map(Number)
        .filter((thread) => thread !== pid)
        .map((thread) => getPriority(thread));
    await vi.waitFor(() => expect(new Set(others())).toEqual(new Set([Math.min(19, own + 10)])));
    expect(getPriority(pid)).toBe(own);
  } finally {
    cell.kill();
    await cell.ended;
    await wall.close();
  }
});

it("has nothing to say of a process that is gone", async () => {
  await expect(yieldBackground(2 ** 22)).resolves.toBeUndefined();
});
