interface Flight<Answer> {
  readonly running: Promise<Answer>;
  /** Begins when `running` is over; everybody who came since it began waits for it. */
  next: Promise<Answer> | null;
}

/**
 * Let calls for one key that come at the same time share one piece of work.
 *
 * Nobody gets an answer whose work began before they asked: who comes while some is under way waits for the next, and
 * all of those share it.
 */
export function shareCalls<Query, Answer>(
  work: (query: Query) => Promise<Answer>,
  keyOf: (query: Query) => string,
): (query: Query) => Promise<Answer> {
  const flights = new Map<string, Flight<Answer>>();

  const start = (key: string, query: Query): Promise<Answer> => {
    const running = work(query).finally(() => {
      if (flights.get(key)?.running === running) flights.delete(key);
    });
    flights.set(key, { running, next: null });
    return running;
  };

  return (query) => {
    const key = keyOf(query);
    const flight = flights.get(key);
    if (flight === undefined) return start(key, query);
    const again = (): Promise<Answer> => start(key, query);
    return (flight.next ??= flight.running.then(again, again));
  };
}
