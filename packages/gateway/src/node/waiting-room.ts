/** Where calls wait while no runner can be reached. */
export interface WaitingRoom {
  /**
   * Wait for a turn to try again: false when `untilMs` (`performance.now()`) came first, or the call was given up.
   *
   * While no runner is heard of, whoever waits longest has a turn every now and then, the others none: how many calls wait
   * makes no difference to one that is just starting. Who comes here was refused: none is heard of from then on.
   */
  turn(about: { readonly untilMs: number; readonly signal: AbortSignal }): Promise<boolean>;
  /** A runner was reached: it is the turn of as many at a time as a runner takes at once, who waited longest first. */
  open(): void;
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Create an empty one. */
export function createWaitingRoom(options: {
  /** Mean time between two tries, in milliseconds. */
  readonly tryEveryMs: number;
  /** How many calls have a turn at a time when a runner was reached. */
  readonly atOnce: number;
}): WaitingRoom {
  // A set keeps its order: who waits longest comes first.
  const waiting = new Set<() => void>();
  let timer: NodeJS.Timeout | undefined;
  let isOpen = false;

  const admit = (count: number): void => {
    for (const go of [...waiting].slice(0, count)) go();
  };
  const schedule = (): void => {
    if (timer !== undefined || waiting.size === 0) return;
    // Gateways that lost the same runner must not try in step.
    const ms = options.tryEveryMs * (0.75 + Math.random() / 2);
    timer = setTimeout(() => {
      timer = undefined;
      admit(isOpen ? options.atOnce : 1);
      schedule();
    }, ms);
  };

  return {
    turn({ untilMs, signal }) {
      isOpen = false;
      const leftMs = Math.min(untilMs - performance.now(), LONGEST_TIMER_MS);
      if (leftMs <= 0 || signal.aborted) return Promise.resolve(false);
      return new Promise((resolve) => {
        const leave = (hasTurn: boolean) => {
          waiting.delete(go);
          clearTimeout(tooLate);
          signal.removeEventListener("abort", giveUp);
          resolve(hasTurn);
        };
        const go = () => leave(true);
        const giveUp = () => leave(false);
        const tooLate = setTimeout(giveUp, leftMs);
        signal.addEventListener("abort", giveUp, { once: true });
        waiting.add(go);
        schedule();
      });
    },
    open() {
      if (isOpen) return;
      isOpen = true;
      admit(options.atOnce);
    },
  };
}
