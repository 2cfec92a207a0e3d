import type { JobQueue } from "./job-queue.ts";

type Settle = (value: unknown) => void;
type Capability = {
  readonly promise: PromiseLike<unknown>;
  readonly resolve: Settle;
  readonly reject: Settle;
};
type Constructor = new (executor: (resolve: Settle, reject: Settle) => void) => PromiseLike<unknown>;

/** Rejections that nobody handles yet; what is left when the call ends is worth a log line. */
export type UnhandledRejections = Map<object, unknown>;

/**
 * A `Promise` whose jobs run from the given queue, with the semantics of ECMAScript §27.2.
 *
 * The engine's own promises need its own job loop, which never runs while a synchronous export is on the stack; with
 * this class, and async functions lowered to generators, an export can finish everything it started before it returns.
 */
export function createPromiseClass(queue: JobQueue, unhandled: UnhandledRejections): PromiseConstructor {
  /** Makes a promise that only this file settles, and only once: no guest ever gets hold of this executor. */
  const ours = (): void => undefined;

  type Reaction = {
    /** What `then` answered: a promise of our own, or the parts of another constructor's. */
    readonly derived: GuestPromise | null;
    readonly capability: Capability | null;
    readonly onFulfilled: unknown;
    readonly onRejected: unknown;
  };

  class GuestPromise {
    #state: "pending" | "fulfilled" | "rejected" = "pending";
    #value: unknown;
    #reactions: Reaction[] | null = null;

    constructor(executor: (resolve: Settle, reject: Settle) => void) {
      if (executor === ours) return;
      if (typeof executor !== "function") throw new TypeError("Promise resolver is not a function.");
      const { resolve, reject } = this.#resolvers();
      try {
        executor(resolve, reject);
      } catch (error) {
        reject(error);
      }
    }

    get [Symbol.toStringTag](): string {
      return "Promise";
    }

    static get [Symbol.species](): unknown {
      return this;
    }

    // oxlint-disable-next-line unicorn/no-thenable -- this is the promise class itself
    then(onFulfilled?: unknown, onRejected?: unknown): PromiseLike<unknown> {
      const C = speciesOf(this);
      const derived = C === GuestPromise ? new GuestPromise(ours) : null;
      const capability = derived === null ? newCapability(C) : null;
      const reaction = { derived, capability, onFulfilled, onRejected };
      if (this.#state !== "pending") this.#react(reaction);
      else if (this.#reactions === null) this.#reactions = [reaction];
      else this.#reactions.push(reaction);
      if (unhandled.size > 0) unhandled.delete(this);
      return (derived as PromiseLike<unknown> | null) ?? (capability as Capability).promise;
    }

    catch(onRejected?: unknown): PromiseLike<unknown> {
      return this.then(undefined, onRejected);
    }

    finally(onFinally?: unknown): PromiseLike<unknown> {
      if (typeof onFinally !== "function") return this.then(onFinally, onFinally);
      const C = speciesOf(this);
      const run = (): PromiseLike<unknown> => GuestPromise.#from(C, (onFinally as () => unknown)());
      return this.then(
        (value: unknown) => run().then(() => value),
        (error: unknown) =>
          run().then(() => {
            throw error;
          }),
      );
    }

    #resolvers(): { resolve: Settle; reject: Settle } {
      let isDone = false;
      return {
        resolve: (value) => {
          if (isDone) return;
          isDone = true;
          this.#resolve(value);
        },
        reject: (error) => {
          if (isDone) return;
          isDone = true;
          this.#settle("rejected", error);
        },
      };
    }

    #resolve(value: unknown): void {
      if (value === this) {
        this.#settle("rejected", new TypeError("A promise cannot be resolved with itself."));
        return;
      }
      if ((typeof value !== "object" && typeof value !== "function") || value === null) {
        this.#settle("fulfilled", value);
        return;
      }
      let then: unknown;
      try {
        then = (value as { then?: unknown }).then;
      } catch (error) {
        this.#settle("rejected", error);
        return;
      }
      if (typeof then !== "function") {
        this.#settle("fulfilled", value);
        return;
      }
      queue.enqueue(() => {
        const { resolve, reject } = this.#resolvers();
        try {
          Reflect.apply(then, value, [resolve, reject]);
        } catch (error) {
          reject(error);
        }
      });
    }

    #settle(state: "fulfilled" | "rejected", value: unknown): void {
      this.#state = state;
      this.#value = value;
      const reactions = this.#reactions;
      if (reactions !== null) {
        this.#reactions = null;
        for (const reaction of reactions) this.#react(reaction);
      } else if (state === "rejected") unhandled.set(this, value);
    }

    #react(reaction: Reaction): void {
      queue.enqueue(() => {
        const fulfilled = this.#state === "fulfilled";
        const handler = fulfilled ? reaction.onFulfilled : reaction.onRejected;
        if (typeof handler !== "function") {
          this.#conclude(reaction, fulfilled, this.#value);
          return;
        }
        let answer: unknown;
        try {
          answer = (handler as (value: unknown) => unknown)(this.#value);
        } catch (error) {
          this.#conclude(reaction, false, error);
          return;
        }
        this.#conclude(reaction, true, answer);
      });
    }

    /** Settle what `then` answered. */
    #conclude({ derived, capability }: Reaction, isFulfilled: boolean, value: unknown): void {
      if (derived === null) (isFulfilled ? capability?.resolve : capability?.reject)?.(value);
      else if (isFulfilled) derived.#resolve(value);
      else derived.#settle("rejected", value);
    }

    static resolve(this: Constructor, value?: unknown): PromiseLike<unknown> {
      return GuestPromise.#from(this, value);
    }

    /** What the specification calls PromiseResolve. */
    static #from(C: Constructor, value: unknown): PromiseLike<unknown> {
      const isObject = (typeof value === "object" && value !== null) || typeof value === "function";
      if (isObject && #state in value && (value as { constructor: unknown }).constructor === C)
        return value as unknown as PromiseLike<unknown>;
      if ((C as unknown) === GuestPromise) {
        const promise = new GuestPromise(ours);
        promise.#resolve(value);
        return promise as unknown as PromiseLike<unknown>;
      }
      const { promise, resolve } = newCapability(C);
      resolve(value);
      return promise;
    }

    static reject(this: Constructor, error?: unknown): PromiseLike<unknown> {
      const { promise, reject } = newCapability(this);
      reject(error);
      return promise;
    }

    static withResolvers(this: Constructor): Capability {
      return { ...newCapability(this) };
    }

    static try(
      this: Constructor,
      run: (...args: unknown[]) => unknown,
      ...args: unknown[]
    ): PromiseLike<unknown> {
      return new this((resolve) => resolve(run(...args)));
    }

    static all(this: Constructor, values: Iterable<unknown>): PromiseLike<unknown> {
      return combine(this, values, (item, slot, { resolve, reject }, finish) => {
        item.then((value) => finish(slot, value, resolve), reject);
      });
    }

    static allSettled(this: Constructor, values: Iterable<unknown>): PromiseLike<unknown> {
      return combine(this, values, (item, slot, { resolve }, finish) => {
        item.then(
          (value) => finish(slot, { status: "fulfilled", value }, resolve),
          (reason: unknown) => finish(slot, { status: "rejected", reason }, resolve),
        );
      });
    }

    static any(this: Constructor, values: Iterable<unknown>): PromiseLike<unknown> {
      const fail = (reject: Settle) => (errors: unknown) =>
        reject(new AggregateError(errors as unknown[], "All promises were rejected."));
      return combine(
        this,
        values,
        (item, slot, { resolve, reject }, finish) => {
          item.then(resolve, (error: unknown) => finish(slot, error, fail(reject)));
        },
        fail,
      );
    }

    static race(this: Constructor, values: Iterable<unknown>): PromiseLike<unknown> {
      const { promise, resolve, reject } = newCapability(this);
      try {
        const resolveItem = resolveMethod(this);
        for (const value of values) resolveItem(value).then(resolve, reject);
      } catch (error) {
        reject(error);
      }
      return promise;
    }
  }

  function speciesOf(promise: object): Constructor {
    const own = (promise as { constructor?: unknown }).constructor;
    if (own === undefined) return GuestPromise as unknown as Constructor;
    return ((own as { [Symbol.species]?: unknown })[Symbol.species] ?? GuestPromise) as Constructor;
  }

  Object.defineProperty(GuestPromise, "name", { value: "Promise" });
  return GuestPromise as unknown as PromiseConstructor;
}

function newCapability(C: Constructor): Capability {
  let resolve: Settle | undefined;
  let reject: Settle | undefined;
  const promise = new C((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  if (typeof resolve !== "function" || typeof reject !== "function") {
    throw new TypeError("A promise constructor must call its executor with two functions.");
  }
  return { promise, resolve, reject };
}

function resolveMethod(C: Constructor): (value: unknown) => PromiseLike<unknown> {
  const { resolve } = C as unknown as { resolve: (value: unknown) => PromiseLike<unknown> };
  return (value) => Reflect.apply(resolve, C, [value]);
}

type Finish = (slot: number, value: unknown, done: Settle) => void;
type Subscribe = (item: PromiseLike<unknown>, slot: number, capability: Capability, finish: Finish) => void;

/** The shape that `all`, `allSettled` and `any` share: one slot per value, done when every slot is filled. */
function combine(
  C: Constructor,
  values: Iterable<unknown>,
  subscribe: Subscribe,
  whenEmpty?: (reject: Settle) => Settle,
): PromiseLike<unknown> {
  const capability = newCapability(C);
  const slots: unknown[] = [];
  let open = 1;
  const close = (done: Settle): void => {
    open--;
    if (open === 0) done(slots);
  };
  try {
    const resolveItem = resolveMethod(C);
    for (const value of values) {
      const slot = slots.length;
      let filled = false;
      slots.push(undefined);
      open++;
      subscribe(resolveItem(value), slot, capability, (index, result, done) => {
        if (filled) return;
        filled = true;
        slots[index] = result;
        close(done);
      });
    }
    close(whenEmpty === undefined ? capability.resolve : whenEmpty(capability.reject));
  } catch (error) {
    capability.reject(error);
  }
  return capability.promise;
}
