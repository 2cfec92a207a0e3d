import type { ContextHost } from "./context-host.ts";
import type { FrameOutput } from "./frame-output.ts";

/**
 * Decides what runs next: one guest at a time, on the instance that is hottest, until it ends or suspends.
 *
 * Whoever has the turn gives it back with {@link Pump.release}.
 */
export interface Pump {
  /** Let this run when its turn comes. */
  enqueue(turn: () => void): void;
  /** Take back what has not run yet. */
  remove(turn: () => void): boolean;
  /** The running guest ended or waits; `rest` looks at the pipe before the next one runs. */
  release(rest?: boolean): void;
}

/** Guests run this long before the pipe is looked at again. */
const TURN_MS = 2;

/** Create the pump of one cell. What was sent is flushed whenever the pipe is looked at. */
export function createPump(host: ContextHost, output: FrameOutput): Pump {
  const ready: (() => void)[] = [];
  const resolved = Promise.resolve();
  let isBusy = false;
  let isScheduled = false;
  let isWatched = false;
  let turnEnds = 0;

  // Between turns of the event loop nobody runs: whoever still has the turn waits for something we do not know.
  const watch = () => {
    isWatched = false;
    if (isBusy) release(false);
  };

  const run = () => {
    isScheduled = false;
    if (isBusy) return;
    const turn = ready.shift();
    if (turn === undefined) {
      output.flush();
      return;
    }
    isBusy = true;
    if (!isWatched) {
      isWatched = true;
      host.later(watch);
    }
    turn();
  };
  const runInNewTurn = () => {
    turnEnds = host.clock() + TURN_MS;
    run();
  };
  const schedule = (rest: boolean) => {
    if (isBusy || isScheduled) return;
    if (ready.length === 0) {
      output.flush();
      return;
    }
    isScheduled = true;
    if (rest || host.clock() > turnEnds) {
      output.flush();
      host.later(runInNewTurn);
    } else void resolved.then(run);
  };
  const release = (rest = false) => {
    isBusy = false;
    schedule(rest);
  };
  return {
    enqueue(turn) {
      ready.push(turn);
      schedule(false);
    },
    remove(turn) {
      const index = ready.indexOf(turn);
      if (index >= 0) ready.splice(index, 1);
      return index >= 0;
    },
    release,
  };
}
