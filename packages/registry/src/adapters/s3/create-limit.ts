/** Runs what it is given, at most so many at once and the rest in the order in which they came. */
export function createLimit(max: number): <T>(run: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (run) => {
    if (running >= max) {
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
      });
    } else running += 1;
    try {
      return await run();
    } finally {
      // Who waits takes the place over, so that nobody who comes later slips in.
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
