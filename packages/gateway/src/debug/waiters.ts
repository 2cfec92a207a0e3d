/** Who waits for something to happen under a key. */
export interface Waiters {
  /** Resolves when the key is woken, the time is over or the signal aborts; never rejects. */
  wait(key: string, options: { readonly waitMs: number; readonly signal?: AbortSignal }): Promise<void>;
  wake(key: string): void;
  wakeAll(): void;
  /** Keys that somebody waits for. */
  keys(): readonly string[];
}

/** Create an empty set of waiters. */
export function createWaiters(): Waiters {
  const waiting = new Map<string, Set<() => void>>();
  const wake = (key: string): void => {
    for (const resolve of waiting.get(key) ?? []) resolve();
  };
  return {
    wait(key, { waitMs, signal }) {
      return new Promise((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          signal?.removeEventListener("abort", done);
          const same = waiting.get(key);
          same?.delete(done);
          if (same?.size === 0) waiting.delete(key);
          resolve();
        };
        const timer = setTimeout(done, waitMs);
        signal?.addEventListener("abort", done, { once: true });
        const same = waiting.get(key) ?? new Set();
        waiting.set(key, same.add(done));
        if (signal?.aborted === true) done();
      });
    },
    wake,
    wakeAll() {
      for (const key of waiting.keys()) wake(key);
    },
    keys: () => [...waiting.keys()],
  };
}
