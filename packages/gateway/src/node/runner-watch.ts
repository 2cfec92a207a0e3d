import type { Replica } from "./runner-replica.ts";

/** Keeps an eye on one replica: in rotation or out of it. */
export interface RunnerWatch {
  /** Whether calls should go there. */
  readonly isUp: boolean;
  /** A call could not be delivered: out at once, and probed until it is back. */
  eject(): void;
  /** Something odd happened to a call: have a look now. */
  suspect(): void;
  close(): void;
}

/** Times of {@link watchRunner}, in milliseconds. */
export interface WatchTimes {
  /** Between looks at a replica in rotation. */
  readonly probeEveryMs: number;
  /** A look without an answer by then counts as failed. */
  readonly probeTimeoutMs: number;
}

/** Before the first look at one that was taken out; doubles with every look in vain. */
const FIRST_BACKOFF_MS = 100;
const MAX_BACKOFF_MS = 1000;
/** One that was taken out again within this time of its return waits longer than the last time. */
const STEADY_MS = 10_000;
/** Looks without an answer before a replica that calls still reach is taken out: one may be a long pause. */
const MAX_SILENT = 2;

/**
 * Probe a replica's `/readyz` and take it out of rotation and back.
 *
 * `onChange` is told each change. Timers keep no process alive.
 */
export function watchRunner(
  replica: Pick<Replica, "isReady">,
  times: WatchTimes,
  onChange: (isUp: boolean) => void,
): RunnerWatch {
  const closing = new AbortController();
  let isUp = true;
  let isProbing = false;
  let silent = 0;
  let backoffMs = FIRST_BACKOFF_MS;
  let upSinceMs = performance.now();
  let timer: NodeJS.Timeout | undefined;

  const schedule = (ms: number): void => {
    if (closing.signal.aborted) return;
    clearTimeout(timer);
    // Gateways that saw the same failure must not come back in step.
    timer = setTimeout(() => void probe(), ms * (0.75 + Math.random() / 2)).unref();
  };
  const takeOut = (): void => {
    if (!isUp) return;
    isUp = false;
    if (performance.now() - upSinceMs > STEADY_MS) backoffMs = FIRST_BACKOFF_MS;
    onChange(false);
  };
  const putBack = (): void => {
    silent = 0;
    if (isUp) return;
    isUp = true;
    upSinceMs = performance.now();
    onChange(true);
  };
  const next = (): void => {
    if (isUp) {
      schedule(times.probeEveryMs);
      return;
    }
    schedule(backoffMs);
    backoffMs = Math.min(backoffMs * 2, MAX_BACKOFF_MS);
  };

  const probe = async (): Promise<void> => {
    if (isProbing || closing.signal.aborted) return;
    isProbing = true;
    const timeout = AbortSignal.timeout(times.probeTimeoutMs);
    try {
      if (await replica.isReady(AbortSignal.any([timeout, closing.signal]))) putBack();
      else takeOut();
    } catch {
      silent += 1;
      // Only silence has the benefit of the doubt: a refusal is an answer.
      if (!timeout.aborted || silent >= MAX_SILENT) takeOut();
    } finally {
      isProbing = false;
      next();
    }
  };
  next();

  return {
    get isUp() {
      return isUp;
    },
    eject() {
      if (closing.signal.aborted || !isUp) return;
      takeOut();
      next();
    },
    suspect() {
      void probe();
    },
    close() {
      closing.abort();
      clearTimeout(timer);
    },
  };
}
