import type { Engine } from "../prepare/known-engines.ts";
import type { Cell } from "./cell.ts";

/** Started, empty cells that wait for a component. */
export interface SpareCells {
  readonly size: number;
  /**
   * A spare, the one that is ready if any is, or else a new cell. Those with an engine compiled are for components of
   * that engine only: they compile everything they are given, which is slow for others.
   */
  take(engine: Engine | null): Cell;
  /** Have as many as there are components on their way here: a process starts while its component is read. */
  expect(components: number): void;
  /** End what was started for components that did not come; now and then, so that those that fail are no loop. */
  trim(components: number): void;
  /**
   * Start what is missing; called when a cold start is over and now and then, so that spares that die are no loop.
   *
   * @param options.isCalm false leaves out those with an engine, which take ten times as much of the processor. @default true
   */
  refill(options?: { readonly isCalm: boolean }): void;
  /** End them all. */
  close(): Promise<void>;
}

interface Spare {
  readonly cell: Cell;
  readonly engine: Engine | null;
  isReady: boolean;
}

/** Engines that spares are kept for, the last ones used. */
const MAX_ENGINES = 2;

/** Keep `count` spares without an engine, and as many for each engine in use. */
export function createSpareCells(options: {
  readonly count: number;
  readonly start: (engine: Engine | null) => Cell;
}): SpareCells {
  const spares = new Set<Spare>();
  /** The last one used comes last. */
  const engines = new Map<string, Engine>();
  let closed = false;

  const isFor = ({ engine }: Spare, wanted: Engine | null) => engine?.digest === wanted?.digest;
  const remember = (engine: Engine) => {
    engines.delete(engine.digest);
    engines.set(engine.digest, engine);
    const [oldest] = engines.keys();
    if (engines.size <= MAX_ENGINES || oldest === undefined) return;
    engines.delete(oldest);
    for (const spare of spares) if (spare.engine?.digest === oldest) spare.cell.kill();
  };
  const add = (engine: Engine | null) => {
    const spare: Spare = { cell: options.start(engine), engine, isReady: false };
    spares.add(spare);
    spare.cell.up.then(
      () => (spare.isReady = true),
      () => undefined,
    );
    void spare.cell.ended.then(() => spares.delete(spare));
  };
  const living = () => [...spares].filter(({ cell }) => !cell.isDead);
  const refill: SpareCells["refill"] = ({ isCalm } = { isCalm: true }) => {
    if (closed) return;
    for (const engine of isCalm ? [null, ...engines.values()] : [null]) {
      const own = [...spares].filter((spare) => isFor(spare, engine));
      for (let missing = options.count - own.length; missing > 0; missing -= 1) add(engine);
    }
  };
  refill();
  return {
    get size() {
      return spares.size;
    },
    take(engine) {
      if (engine !== null) remember(engine);
      const all = living();
      const own = all.filter((spare) => isFor(spare, engine));
      const chosen =
        own.find(({ isReady }) => isReady) ?? all.find((spare) => spare.engine === null) ?? own[0];
      if (chosen === undefined) return options.start(null);
      spares.delete(chosen);
      return chosen.cell;
    },
    expect(components) {
      if (closed) return;
      for (let missing = components - living().length; missing > 0; missing -= 1) add(null);
    },
    trim(components) {
      const plain = living().filter(({ engine }) => engine === null);
      for (const { cell } of plain.slice(Math.max(options.count, components))) cell.kill();
    },
    refill,
    async close() {
      closed = true;
      const ending = Array.from(spares, ({ cell }) => {
        cell.kill();
        return cell.ended;
      });
      await Promise.all(ending);
    },
  };
}
