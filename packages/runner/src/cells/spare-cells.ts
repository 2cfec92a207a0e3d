import type { Cell } from "./cell.ts";

/** Started, empty cells that wait for a component. */
export interface SpareCells {
  readonly pids: readonly number[];
  /** A spare, the one that is up if any is, or else a new cell. */
  take(): Cell;
  /** Start what is missing; called when a cold start is over and now and then, so that spares that die are no loop. */
  refill(): void;
  /** End them all. */
  close(): Promise<void>;
}

/** Keep `count` spares. */
export function createSpareCells(options: {
  readonly count: number;
  readonly start: () => Cell;
}): SpareCells {
  const spares = new Map<Cell, boolean>();
  let closed = false;
  const refill = () => {
    if (closed) return;
    while (spares.size < options.count) {
      const cell = options.start();
      spares.set(cell, false);
      cell.up.then(
        () => spares.has(cell) && spares.set(cell, true),
        () => undefined,
      );
      void cell.ended.then(() => spares.delete(cell));
    }
  };
  refill();
  return {
    get pids() {
      return Array.from(spares.keys(), ({ pid }) => pid).filter((pid) => pid !== undefined);
    },
    take() {
      const living = [...spares].filter(([cell]) => !cell.isDead);
      const [chosen] = living.find(([, isUp]) => isUp) ?? living[0] ?? [];
      if (chosen === undefined) return options.start();
      spares.delete(chosen);
      return chosen;
    },
    refill,
    async close() {
      closed = true;
      const ending = Array.from(spares.keys(), (cell) => {
        cell.kill();
        return cell.ended;
      });
      await Promise.all(ending);
    },
  };
}
