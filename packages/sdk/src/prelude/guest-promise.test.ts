import { describe, expect, test } from "vitest";
import { createPromiseClass, type UnhandledRejections } from "./guest-promise.ts";
import { createJobQueue, type JobQueue } from "./job-queue.ts";

function createGuest(): {
  P: PromiseConstructor;
  queue: JobQueue;
  unhandled: UnhandledRejections;
  errors: unknown[];
} {
  const errors: unknown[] = [];
  const queue = createJobQueue((error) => errors.push(error));
  const unhandled: UnhandledRejections = new Map();
  return { P: createPromiseClass(queue, unhandled), queue, unhandled, errors };
}

type Scenario = (P: PromiseConstructor, log: (entry: unknown) => void) => void;

/** What a scenario logs, in order: once on the guest's promises, once on the engine's. */
async function logOf(scenario: Scenario): Promise<[guest: unknown[], native: unknown[]]> {
  const { P, queue } = createGuest();
  const guest: unknown[] = [];
  scenario(P, (entry) => guest.push(entry));
  guest.push("end of script");
  queue.drain();
  const native: unknown[] = [];
  scenario(Promise, (entry) => native.push(entry));
  native.push("end of script");
  await new Promise((resolve) => setImmediate(resolve));
  return [guest, native];
}

const error = new RangeError("no");
type Try = (run: (...args: number[]) => unknown, ...args: number[]) => Promise<unknown>;
/** `Promise.try`, which is newer than the types here. */
const tryOn = (P: PromiseConstructor): Try => (P as unknown as { try: Try }).try.bind(P);
const SCENARIOS: Record<string, Scenario> = {
  "then runs later, in order": (P, log) => {
    P.resolve(1).then(log, log);
    P.resolve(2).then(log, log);
    P.reject(error).then(log, log);
  },
  "chains interleave": (P, log) => {
    P.resolve("a")
      .then((v) => (log(`${v}1`), v))
      .then((v) => (log(`${v}2`), v))
      .then((v) => log(`${v}3`), log);
    P.resolve("b")
      .then((v) => (log(`${v}1`), v))
      .then((v) => (log(`${v}2`), v))
      .then((v) => log(`${v}3`), log);
  },
  "a promise as a result takes the jobs the standard says": (P, log) => {
    P.resolve()
      .then(() => P.resolve("inner"))
      .then(log, log);
    P.resolve()
      .then(() => log(1))
      .then(() => log(2))
      .then(() => log(3))
      .then(() => log(4), log);
  },
  "thenables are adopted once": (P, log) => {
    const thenable = {
      // oxlint-disable-next-line unicorn/no-thenable -- a thenable is the point
      then(resolve: (value: unknown) => void, reject: (value: unknown) => void) {
        log("then called");
        resolve("first");
        reject("second");
        throw error;
      },
    };
    P.resolve(thenable).then(log, log);
    P.resolve()
      .then(() => thenable)
      .then(log, log);
  },
  "a throwing then getter rejects": (P, log) => {
    // oxlint-disable-next-line unicorn/no-thenable -- a thenable is the point
    const hostile = Object.defineProperty({}, "then", {
      get: () => {
        throw error;
      },
    });
    P.resolve(hostile).then(log, log);
  },
  "the executor runs at once, and its throw counts only when nothing was resolved": (P, log) => {
    new P(() => {
      log("running");
      throw error;
    }).then(log, log);
    new P((resolve) => {
      resolve("kept");
      throw error;
    }).then(log, log);
    new P((resolve, reject) => {
      reject(error);
      resolve("late");
    }).then(log, log);
  },
  "resolving with itself is a TypeError": (P, log) => {
    const { promise, resolve } = P.withResolvers<unknown>();
    resolve(promise);
    promise.then(log, (reason: unknown) => log(reason instanceof TypeError));
  },
  "values and errors pass through handlers that are not functions": (P, log) => {
    P.resolve(1).then(null, undefined).then(log, log);
    P.reject(error).then(null).catch(log);
    P.reject(error)
      .catch(() => "mended")
      .then(log, log);
  },
  "finally passes through, waits and overrides": (P, log) => {
    P.resolve(1)
      .finally(() => {
        log("cleanup");
        return 2;
      })
      .then(log, log);
    P.reject(error)
      .finally(() => P.resolve())
      .then(log, log);
    P.resolve(1)
      .finally(() => {
        throw error;
      })
      .then(log, log);
    P.resolve(1)
      .finally(() => P.reject(error))
      .then(log, log);
  },
  "all keeps order and stops at the first rejection": (P, log) => {
    P.all([P.resolve(1), P.resolve(2), P.resolve().then(() => 3)]).then(log, log);
    P.all([]).then(log, log);
    P.all([P.resolve(1), P.reject(error), P.reject("other")]).then(log, log);
    P.all(null as never).then(log, (reason: unknown) => log(reason instanceof TypeError));
  },
  "allSettled tells everything": (P, log) => {
    P.allSettled([P.resolve(1), P.reject(error), P.resolve(3)]).then(log, log);
    P.allSettled([]).then(log, log);
  },
  "any takes the first success, or all errors": (P, log) => {
    P.any([P.reject(error), P.resolve(2), P.resolve(3)]).then(log, log);
    P.any([P.reject(error), P.reject("b")]).then(log, (reason: AggregateError) => log(reason.errors));
    P.any([]).then(log, (reason: AggregateError) => log(reason.errors));
  },
  "race takes the first": (P, log) => {
    P.race([P.resolve().then(() => "slow"), P.resolve("fast")]).then(log, log);
    P.race([P.reject(error), P.resolve(1)]).then(log, log);
  },
  "resolve hands its own kind through": (P, log) => {
    const promise = P.resolve(1);
    log(P.resolve(promise) === promise);
    class Sub<T> extends P<T> {}
    log(Sub.resolve(promise) === (promise as unknown));
    log(Sub.resolve(1).then(() => 1) instanceof Sub);
    log(promise instanceof P && Object.prototype.toString.call(promise));
  },
  "try wraps what throws": (P, log) => {
    tryOn(P)((a = 0, b = 0) => a + b, 1, 2).then(log, log);
    tryOn(P)(() => {
      throw error;
    }).then(log, log);
  },
};

describe("the guest's promise", () => {
  test.each(Object.entries(SCENARIOS))("%s", async (_, scenario) => {
    const [guest, native] = await logOf(scenario);
    expect(guest).toEqual(native);
    expect(guest.length).toBeGreaterThan(1);
  });

  test("needs an executor", () => {
    const { P } = createGuest();
    expect(() => new P(undefined as never)).toThrow(TypeError);
    expect(() => Reflect.apply(P as unknown as () => void, undefined, [() => {}])).toThrow(TypeError);
  });

  test("knows which rejections nobody handled", () => {
    const { P, queue, unhandled } = createGuest();
    const late = P.reject("handled late");
    P.reject("never handled")
      .finally(() => {})
      .catch(() => {});
    void P.resolve().then(() => {
      throw error;
    });
    queue.drain();
    expect([...unhandled.values()]).toEqual(["handled late", error]);
    late.catch(() => {});
    expect([...unhandled.values()]).toEqual([error]);
  });
});

describe("the job queue", () => {
  test("runs jobs that jobs queue, and survives one that throws", () => {
    const { queue, errors } = createGuest();
    const seen: number[] = [];
    queue.enqueue(() => {
      seen.push(1);
      queue.enqueue(() => seen.push(3));
      throw error;
    });
    queue.enqueue(() => seen.push(2));
    queue.drain();
    expect(seen).toEqual([1, 2, 3]);
    expect(errors).toEqual([error]);
  });
});
