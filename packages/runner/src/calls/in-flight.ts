import { CallAbort, type CallSignal } from "../cells/call-signal.ts";

/** Shares one running call between callers that asked the same thing with the same idempotency key. */
export interface InFlight<I, T> {
  /**
   * Join the running call of `key` that means the same, or start it. The shared work is aborted only when every caller
   * is gone.
   */
  join(
    call: { readonly key: string; readonly intent: I; readonly signal: CallSignal | undefined },
    start: (signal: CallSignal) => Promise<T>,
  ): Promise<T>;
}

interface Shared<I, T> {
  readonly intent: I;
  readonly abort: CallAbort;
  readonly result: Promise<T>;
  callers: number;
}

/**
 * Create an empty table; entries live as long as their call.
 *
 * @param isSame - asked only about calls under one key at once
 */
export function createInFlight<I, T>(isSame: (one: I, other: I) => boolean): InFlight<I, T> {
  const running = new Map<string, Shared<I, T>[]>();
  const forget = (key: string, shared: Shared<I, T>) => {
    const left = running.get(key)?.filter((one) => one !== shared) ?? [];
    if (left.length === 0) running.delete(key);
    else running.set(key, left);
  };
  return {
    async join({ key, intent, signal }, start) {
      const others = running.get(key);
      let shared = others?.find((one) => isSame(one.intent, intent));
      if (shared === undefined) {
        const abort = new CallAbort();
        const started: Shared<I, T> = {
          intent,
          abort,
          result: start(abort).finally(() => forget(key, started)),
          callers: 0,
        };
        shared = started;
        if (others === undefined) running.set(key, [shared]);
        else others.push(shared);
      }
      const joined = shared;
      joined.callers += 1;
      const leave = () => {
        joined.callers -= 1;
        if (joined.callers === 0) joined.abort.abort();
      };
      if (signal?.aborted === true) leave();
      else signal?.addEventListener("abort", leave, { once: true });
      try {
        return await joined.result;
      } finally {
        signal?.removeEventListener("abort", leave);
      }
    },
  };
}
