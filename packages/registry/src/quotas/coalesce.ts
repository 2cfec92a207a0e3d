/** The most that one run takes on. */
const MAX_BATCH = 200;

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Do the work of one key in one run at a time, and everything that arrives meanwhile in the next: callers of a busy
 * key wait for at most two runs instead of queueing for a row lock one by one.
 *
 * @param run Answers for each item, in order; when it rejects, all of its items do.
 */
export function createCoalescer<Item, Result>(
  run: (key: string, items: readonly Item[]) => Promise<readonly Result[]>,
): (key: string, item: Item) => Promise<Result> {
  const busy = new Map<string, Waiting<Item, Result>[]>();

  const drain = async (key: string, queue: Waiting<Item, Result>[]): Promise<void> => {
    while (queue.length > 0) {
      const batch = queue.splice(0, MAX_BATCH);
      try {
        const results = await run(
          key,
          batch.map(({ item }) => item),
        );
        for (const [index, { resolve, reject }] of batch.entries()) {
          if (index < results.length) resolve(results[index] as Result);
          else reject(new TypeError("a run answers for every item"));
        }
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    busy.delete(key);
  };

  return (key, item) =>
    new Promise<Result>((resolve, reject) => {
      const waiting = { item, resolve, reject };
      const queue = busy.get(key);
      if (queue !== undefined) {
        queue.push(waiting);
        return;
      }
      const started = [waiting];
      busy.set(key, started);
      void drain(key, started);
    });
}
