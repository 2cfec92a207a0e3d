import { describe, expect, it } from "vitest";
import type { Engine } from "../prepare/known-engines.ts";
import type { Cell } from "./cell.ts";
import { createSpareCells } from "./spare-cells.ts";

const engineNamed = (digest: string): Engine => ({
  digest,
  module: { name: "core", bytes: new Uint8Array() },
});
const settle = () => new Promise((resolve) => setImmediate(resolve));

function setUp(count = 1) {
  const started: { cell: Cell; engine: string | null; beUp: () => void }[] = [];
  const spares = createSpareCells({
    count,
    start: (engine) => {
      const up = Promise.withResolvers<void>();
      const gone = Promise.withResolvers<void>();
      let dead = false;
      const cell: Cell = {
        up: up.promise,
        pid: started.length + 1,
        inFlight: 0,
        get isDead() {
          return dead;
        },
        ended: gone.promise,
        load: () => {
          throw new Error("not asked");
        },
        responsive: () => Promise.resolve(),
        kill() {
          dead = true;
          gone.resolve();
        },
      };
      started.push({ cell, engine: engine?.digest ?? null, beUp: up.resolve });
      return cell;
    },
  });
  const numberOf = (cell: Cell) => started.findIndex((one) => one.cell === cell);
  return { started, spares, numberOf };
}

describe("createSpareCells", () => {
  it("keeps its count, replaces only when told, and gives the one that is up", async () => {
    const { started, spares, numberOf } = setUp(2);
    const living = () =>
      started
        .map(({ cell }) => cell)
        .filter(({ isDead }) => !isDead)
        .map(numberOf)
        .filter((number) => number !== 1);
    started[1]?.beUp();
    await settle();
    expect(numberOf(spares.take(null))).toBe(1);
    expect(started).toHaveLength(2);
    spares.refill();
    expect(started).toHaveLength(3);
    started[0]?.cell.kill();
    await settle();
    expect(living()).toEqual([2]);
    expect(spares.size).toBe(1);
    spares.refill();
    expect(living()).toEqual([2, 3]);
    expect(spares.size).toBe(2);
    await spares.close();
    expect(started.filter(({ cell }) => !cell.isDead).map(({ cell }) => numberOf(cell))).toEqual([1]);
  });

  it("starts one when there is none", () => {
    const { started, spares } = setUp(0);
    spares.take(null);
    expect(started).toHaveLength(1);
  });

  it("has spares for engines in use, and gives them to nobody else", async () => {
    const { started, spares, numberOf } = setUp();
    expect(numberOf(spares.take(engineNamed("a")))).toBe(0);
    spares.refill();
    expect(started.map(({ engine }) => engine)).toEqual([null, null, "a"]);
    // It is not up yet: an empty one is faster.
    started[1]?.beUp();
    await settle();
    expect(numberOf(spares.take(engineNamed("a")))).toBe(1);
    started[2]?.beUp();
    await settle();
    expect(numberOf(spares.take(null))).toBe(3);
    expect(started[3]?.engine).toBeNull();
    expect(numberOf(spares.take(engineNamed("a")))).toBe(2);
    await spares.close();
  });

  it("forgets engines that others drove out", async () => {
    const { started, spares } = setUp();
    for (const name of ["a", "b", "c"]) {
      spares.take(engineNamed(name));
      spares.refill();
    }
    await settle();
    expect(
      started.filter(({ engine, cell }) => engine !== null && !cell.isDead).map(({ engine }) => engine),
    ).toEqual(["b", "c"]);
    await spares.close();
  });

  it("starts none with an engine while it is not calm", async () => {
    const { started, spares } = setUp(1);
    spares.take(engineNamed("a"));
    spares.refill({ isCalm: false });
    expect(started.map(({ engine }) => engine)).toEqual([null, null]);
    spares.refill();
    expect(started.map(({ engine }) => engine)).toEqual([null, null, "a"]);
    await spares.close();
  });
});
