import { CallAbort, type CallSignal } from "../cells/call-signal.ts";

/** Shares one running call between callers that asked the same thing with the same idempotency key. */
export interface InFlight<T> {
  /**
   * Join the running call of `key` or start it. The shared work is aborted only when every caller is gone.
   */
  join(key: string, signal: CallSignal | undefined, start: (signal: CallSignal) => Promise<T>): Promise<T>;
}

interface Shared<T> {
  readonly result: Promise<T>;
  readonly abort: CallAbort;
  callers: number;
}

/** Create an empty table; entries live as long as their call. */
export function createInFlight<T>(): InFlight<T> {
  const running = new Map<string, Shared<T>>();
  return {
    async join(key, signal, start) {
      let shared = running.get(key);
      if (shared === undefined) {
        const abort = new CallAbort();
        const result = start(abort).finally(() => running.delete(key));
        shared = { result, abort, callers: 0 };
        running.set(key, shared);
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
