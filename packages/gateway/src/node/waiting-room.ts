/** Where calls wait while no runner can be reached. */
export interface WaitingRoom {
  /**
   * Wait for a turn to try again: false when `untilMs` (`performance.now()`) came first, or the call was given up.
   *
   * While nobody is heard of, whoever waits longest has a turn every now and then, the others none: how many calls wait
   * makes no difference to a runner that is just starting.
   */
  turn(about: { readonly untilMs: number; readonly signal: AbortSignal }): Promise<boolean>;
  /** A runner was reached: it is the turn of those who waited longest, as many as a runner takes at once. */
  open(): void;
}

/** Create an empty one. */
export function createWaitingRoom(options: {
  /** Mean time between two tries, in milliseconds. */
  readonly tryEveryMs: number;
  /** How many calls go at once when a runner is reached; each that is answered lets in as many again. */
  readonly atOnce: number;
}): WaitingRoom {
  // A set keeps its order: who waits longest comes first.
  const waiting = new Set<() => void>();
  let timer: NodeJS.Timeout | undefined;

  const admit = (count: number): void => {
    for (const go of [...waiting].slice(0, count)) go();
  };
  const schedule = (): void => {
    if (timer !== undefined || waiting.size === 0) return;
    // Gateways that lost the same runner must not try in step.
    const ms = options.tryEveryMs * (0.75 + Math.random() / 2);
    timer = setTimeout(() => {
      timer = undefined;
      admit(1);
      schedule();
    }, ms);
  };

  return {
    turn({ untilMs, signal }) {
      return new Promise((resolve) => {
        const leave = (hasTurn: boolean) => {
          waiting.delete(go);
          clearTimeout(tooLate);
          signal.removeEventListener("abort", giveUp);
          resolve(hasTurn);
        };
        const go = () => leave(true);
        const giveUp = () => leave(false);
        const tooLate = setTimeout(giveUp, untilMs - performance.now());
        signal.addEventListener("abort", giveUp, { once: true });
        waiting.add(go);
        if (signal.aborted) giveUp();
        schedule();
      });
    },
    open() {
      if (waiting.size > 0) admit(options.atOnce);
    },
  };
}
