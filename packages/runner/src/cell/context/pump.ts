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
  /** Let a guest that used up its slice go on: after what is short, but not long after. */
  yield(turn: () => void): void;
  /** Let one that yielded run next: its time is over, which it finds out when it runs. */
  hurry(turn: () => void): void;
  /** Take back what has not run yet. */
  remove(turn: () => void): boolean;
  /** Run this, for some milliseconds, the next time nothing else wants to. */
  whenIdle(work: () => void): void;
  /** The running guest ended or waits. */
  release(): void;
}

/** Guests run this long before the pipe is looked at again. */
const TURN_MS = 2;
/** A guest that used up its slice waits no longer than this for its next one, however many short calls come. */
const MAX_YIELD_MS = 8;

/** Create the pump of one cell. What was sent is flushed whenever the pipe is looked at. */
export function createPump(host: ContextHost, output: FrameOutput): Pump {
  const ready: (() => void)[] = [];
  const yielded: (() => void)[] = [];
  const idleWork: (() => void)[] = [];
  let lastSliceAt = 0;
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

  const nextTurn = (): (() => void) | undefined => {
    if (yielded.length === 0) return ready.shift();
    const now = host.clock();
    if (ready.length > 0 && now - lastSliceAt < MAX_YIELD_MS) return ready.shift();
    lastSliceAt = now;
    return yielded.shift();
  };
  const hasTurns = () => ready.length + yielded.length > 0;
  const rest = () => {
    output.flush();
    if (idleWork.length > 0) host.later(workWhenIdle);
  };
  const workWhenIdle = () => {
    if (!isBusy && !hasTurns()) idleWork.shift()?.();
  };
  const run = () => {
    isScheduled = false;
    if (isBusy) return;
    const turn = nextTurn();
    if (turn === undefined) {
      rest();
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
  const schedule = (isLong: boolean) => {
    if (isBusy || isScheduled) return;
    if (!hasTurns()) {
      rest();
      return;
    }
    isScheduled = true;
    // Before a long guest goes on, the pipe may bring a short one.
    if (isLong || ready.length === 0 || host.clock() > turnEnds) {
      output.flush();
      host.later(runInNewTurn);
    } else void resolved.then(run);
  };
  const release = (isLong = false) => {
    isBusy = false;
    schedule(isLong);
  };
  return {
    enqueue(turn) {
      ready.push(turn);
      schedule(false);
    },
    yield(turn) {
      if (yielded.length === 0) lastSliceAt = host.clock();
      yielded.push(turn);
      release(true);
    },
    hurry(turn) {
      const index = yielded.indexOf(turn);
      if (index < 0) return;
      yielded.splice(index, 1);
      ready.unshift(turn);
      schedule(false);
    },
    whenIdle(work) {
      idleWork.push(work);
      if (!isBusy && !hasTurns()) rest();
    },
    remove(turn) {
      const index = ready.indexOf(turn);
      if (index >= 0) ready.splice(index, 1);
      return index >= 0;
    },
    release: () => release(),
  };
}
