import type { Trigger, TriggerInvoker, TriggerOutcome } from "@alga-ext/protocol";
import type { RegistryDb } from "../db/registry-db.ts";
import type { DeliveryQueue, RegistryLogger } from "../ports.ts";
import { fireDue } from "../schedules/fire-due.ts";
import { backoff, DEFAULT_RETRY, type RetryPolicy } from "./backoff.ts";
import { claimLanes, type ClaimedLane } from "./claim-lanes.ts";
import { createStepper } from "./create-stepper.ts";
import { createWake } from "./create-wake.ts";
import { invokeWithin } from "./invoke-within.ts";
import { attemptsOf } from "./next-deliveries.ts";

/** Options of `Registry.createDeliveryWorker`. */
export interface DeliveryWorkerOptions {
  /** Makes the calls; the gateway is one. */
  readonly invoker: TriggerInvoker;
  /** Calls under way at once in this worker. @default 16 */
  readonly concurrency?: number;
  /** A call that takes longer is aborted and counts as failed. @default 30,000 */
  readonly timeoutMs?: number;
  /** How long a worker that does not answer is believed to be alive; longer than `timeoutMs`. @default 60,000 */
  readonly leaseMs?: number;
  readonly retry?: Partial<RetryPolicy>;
  /** From 0 to 1. @default Math.random */
  readonly random?: () => number;
}

/** Delivers events and runs schedules. Any number may work on one database. */
export interface DeliveryWorker {
  /** Begin to work whenever the queue says so. */
  start(): Promise<void>;
  /** Fire and deliver what is due now, and resolve when nothing is. */
  drain(): Promise<void>;
  /** Take nothing new, and resolve when what is under way has ended. A stopped worker stays stopped. */
  stop(): Promise<void>;
}

/** What {@link createDeliveryWorker} works with. */
export interface DeliveryContext {
  readonly db: RegistryDb;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly queue: DeliveryQueue | null;
  readonly logger: RegistryLogger | null;
}

/** Deliveries of one lane before it goes to the end of the line. */
const TURN = 50;

/**
 * A worker on the delivery tables.
 *
 * The tables are the truth: an event commits together with its deliveries, a lane (subscription and key, or schedule)
 * is a lock with a lease, and only the worker that holds it settles what is in it. The queue is a bell and an alarm
 * clock and holds nothing that counts: a wake-up too many finds nothing to do, and one that is lost is made up for
 * within a minute. So there is no second system whose state could differ from the tables, tenants' payloads stay
 * behind row-level security, and order per key needs no promise of a queue.
 */
export function createDeliveryWorker(
  context: DeliveryContext,
  options: DeliveryWorkerOptions,
): DeliveryWorker {
  const { db, clock, queue, logger } = context;
  const { invoker, concurrency = 16, timeoutMs = 30_000, leaseMs = 60_000, random = Math.random } = options;
  const retry: RetryPolicy = { ...DEFAULT_RETRY, ...options.retry };
  if (!(concurrency >= 1 && retry.maxAttempts >= 1 && timeoutMs >= 1)) {
    throw new TypeError("concurrency, maxAttempts and timeoutMs are at least 1.");
  }
  if (leaseMs <= timeoutMs) throw new TypeError("leaseMs must be longer than timeoutMs.");
  const wake = createWake({ queue, logger });
  const step = createStepper({ db, clock, leaseMs, timeoutMs, maxAttempts: retry.maxAttempts });
  const active = new Set<Promise<void>>();
  const state = { isWanted: false, isStopping: false, remindedAt: 0, after: "" };
  let rung = Promise.withResolvers<void>();
  let working: Promise<void> | null = null;
  let listening: { stop(): Promise<void> } | null = null;

  /** Look for work; what is asked for while a look is under way is part of it. */
  function look(): Promise<void> {
    state.isWanted = true;
    rung.resolve();
    working ??= lookUntilNothingIsDue();
    return working;
  }

  async function lookUntilNothingIsDue(): Promise<void> {
    try {
      // No await between the last test and the end: whoever rings then begins anew.
      while (state.isWanted && !state.isStopping) await lookOnce();
    } finally {
      working = null;
    }
  }

  async function lookOnce(): Promise<void> {
    state.isWanted = false;
    rung = Promise.withResolvers();
    await fireDue({ db, clock, logger });
    while (!state.isStopping && !state.isWanted) {
      const free = concurrency - active.size;
      // Half the slots at a time: one transaction takes many lanes.
      if (free >= Math.ceil(concurrency / 2)) {
        const { lanes, last } = await claimLanes(db, {
          now: clock(),
          leaseMs,
          limit: free,
          after: state.after,
        });
        state.after = last;
        for (const lane of lanes) begin(lane);
        if (active.size === 0) return;
        if (lanes.length > 0) remind({ isMore: lanes.length === free });
      }
      await Promise.race([...active, rung.promise]);
    }
  }

  /**
   * Be woken when these leases end, in case this process is not there any more; ask for help when there is more. Nobody
   * waits for the bell: it never fails, and a queue that hangs must not keep work from being done.
   */
  function remind({ isMore }: { readonly isMore: boolean }): void {
    const at = Math.ceil((clock() + leaseMs) / 1000) * 1000;
    if (at > state.remindedAt) {
      state.remindedAt = at;
      void wake(at);
    }
    if (isMore) void wake();
  }

  function begin(lane: ClaimedLane): void {
    const running = runLane(lane)
      .catch((error: unknown) => {
        // The lease ends by itself, and the lane is taken again.
        const { tenantId } = lane;
        logger?.error("a delivery could not be written down", { tenantId, error: String(error) });
      })
      .finally(() => {
        active.delete(running);
      });
    active.add(running);
  }

  async function runLane(lane: ClaimedLane): Promise<void> {
    let trigger = await step({ lane, ended: null, goesOn: true });
    for (let turn = 1; trigger !== null; turn += 1) {
      const outcome = await invokeWithin(invoker, trigger, timeoutMs);
      const retryAt = retryTime(trigger, outcome);
      const goesOn = turn < TURN && !state.isStopping;
      trigger = await step({ lane, ended: { lane, trigger, outcome, retryAt }, goesOn });
      if (retryAt !== null) void wake(retryAt);
    }
  }

  function retryTime(trigger: Trigger, outcome: TriggerOutcome): number | null {
    if (outcome.ok || !outcome.retryable) return null;
    if (trigger.attempt >= attemptsOf(trigger, retry.maxAttempts)) return null;
    return clock() + backoff(trigger.attempt, retry, random());
  }

  return {
    async start() {
      if (queue === null) throw new TypeError("A worker that starts needs a queue. Give the registry one.");
      listening ??= await queue.listen(() => {
        look().catch((error: unknown) => {
          logger?.error("the delivery worker could not look for work", { error: String(error) });
        });
      });
      void wake();
    },
    drain: look,
    async stop() {
      state.isStopping = true;
      await listening?.stop();
      listening = null;
      rung.resolve();
      await working?.catch(() => undefined);
      await Promise.all(active);
    },
  };
}
