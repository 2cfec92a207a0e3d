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
  // Emptied in place: a table that the map outgrew keeps the lists it held until the old heap is collected.
  const forget = (key: string, group: Shared<I, T>[], shared: Shared<I, T>) => {
    group.splice(group.indexOf(shared), 1);
    if (group.length === 0) running.delete(key);
  };
  return {
    async join({ key, intent, signal }, start) {
      const group = running.get(key) ?? [];
      let shared = group.find((one) => isSame(one.intent, intent));
      if (shared === undefined) {
        const abort = new CallAbort();
        const started: Shared<I, T> = {
          intent,
          abort,
          result: start(abort).finally(() => forget(key, group, started)),
          callers: 0,
        };
        shared = started;
        if (group.push(shared) === 1) running.set(key, group);
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
