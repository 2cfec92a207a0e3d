import type { RunnerError } from "../errors.ts";
import type { RunnerLimits } from "../options.ts";
import type { CallSignal } from "./call-signal.ts";
import { closing, goneAway, notAdmitted, notStarted, overloaded } from "./cell-errors.ts";

/** Whose call it is, as far as fairness goes. */
export interface Place {
  readonly tenant: string;
  /** Names one install of one tenant. */
  readonly install: string;
}

/** A limit that keeps a call waiting. */
export type Bottleneck =
  | "concurrentPerInstall"
  | "concurrentPerTenant"
  | "concurrent"
  | "cells"
  | "cellsBytes";

/** The limits of admission. */
export type AdmissionLimits = Pick<
  RunnerLimits,
  | "concurrentPerInstall"
  | "concurrentPerTenant"
  | "concurrent"
  | "queuePerInstall"
  | "queuePerTenant"
  | "queue"
  | "queueMs"
>;

/**
 * Decides which calls run now: so many of each install, tenant and in all; the others wait in bounded queues.
 *
 * When room appears, tenants take turns, then installs of a tenant; calls of one install keep their order. So a flood
 * waits behind itself.
 */
export interface Admission<P extends Place, C extends object> {
  readonly running: number;
  readonly waiting: number;
  /**
   * Let a call in: its cell when it may run at once, else a promise of it. Everyone let in must leave.
   *
   * @throws {RunnerError} `overloaded` when its install or tenant has too many, `not_admitted` when the runner has:
   * at once when a queue is full, later when its turn does not come within `queueMs`. Later also `deadline_exceeded`
   * with the reason `not_started` and, when the caller goes away, `execute_failed`.
   */
  enter(
    place: P,
    call: { readonly deadlineAt: number; readonly signal?: CallSignal | undefined },
  ): C | Promise<C>;
  leave(place: P): void;
  /** Let in whoever can run now: something outside of this has changed. */
  advance(): void;
  /** Refuse everyone who waits. */
  refuseWaiting(): void;
}

interface Waiting<P, C> {
  readonly place: P;
  readonly admit: (cell: C) => void;
  readonly refuse: (error: RunnerError) => void;
  blockedBy: Bottleneck;
}

interface InstallState<P, C> {
  running: number;
  readonly queue: Waiting<P, C>[];
}

interface TenantState<P, C> {
  running: number;
  waiting: number;
  /** The first is next. */
  readonly installs: Map<string, InstallState<P, C>>;
}

/**
 * Create the admission of one runner.
 *
 * @param claim - the call's cell, counted as used by one more call, or what is in the way of it
 */
export function createAdmission<P extends Place, C extends object>(
  limits: AdmissionLimits,
  claim: (place: P) => C | Bottleneck,
): Admission<P, C> {
  type Install = InstallState<P, C>;
  type Tenant = TenantState<P, C>;
  /** The first is next. */
  const tenants = new Map<string, Tenant>();
  let running = 0;
  let waiting = 0;

  const stateOf = ({ tenant, install }: P): [Tenant, Install] => {
    let group = tenants.get(tenant);
    if (group === undefined) tenants.set(tenant, (group = { running: 0, waiting: 0, installs: new Map() }));
    let own = group.installs.get(install);
    if (own === undefined) group.installs.set(install, (own = { running: 0, queue: [] }));
    return [group, own];
  };
  const forget = (place: P, group: Tenant, own: Install) => {
    if (own.running === 0 && own.queue.length === 0) group.installs.delete(place.install);
    if (group.installs.size === 0) tenants.delete(place.tenant);
  };
  const tryClaim = (place: P, group: Tenant, own: Install): C | Bottleneck => {
    if (own.running >= limits.concurrentPerInstall) return "concurrentPerInstall";
    if (group.running >= limits.concurrentPerTenant) return "concurrentPerTenant";
    if (running >= limits.concurrent) return "concurrent";
    const claimed = claim(place);
    if (typeof claimed === "string") return claimed;
    running += 1;
    group.running += 1;
    own.running += 1;
    return claimed;
  };
  const dequeue = (group: Tenant, own: Install, entry: Waiting<P, C>): boolean => {
    const index = own.queue.indexOf(entry);
    if (index < 0) return false;
    own.queue.splice(index, 1);
    group.waiting -= 1;
    waiting -= 1;
    return true;
  };

  /** Let the next call of a tenant in; false when none of its installs can run one. */
  const admitOne = (group: Tenant): boolean => {
    for (const [install, own] of group.installs) {
      const [next] = own.queue;
      if (next === undefined) continue;
      const claimed = tryClaim(next.place, group, own);
      if (typeof claimed === "string") {
        next.blockedBy = claimed;
        continue;
      }
      dequeue(group, own, next);
      group.installs.delete(install);
      group.installs.set(install, own);
      next.admit(claimed);
      return true;
    }
    return false;
  };
  const advance = () => {
    let isMoving = waiting > 0;
    while (isMoving) {
      isMoving = false;
      // A copy: who was let in goes to the end.
      for (const [tenant, group] of Array.from(tenants)) {
        if (group.waiting === 0 || running >= limits.concurrent || !admitOne(group)) continue;
        isMoving = true;
        tenants.delete(tenant);
        tenants.set(tenant, group);
      }
    }
  };

  const assertQueueHasRoom = (group: Tenant, own: Install) => {
    if (own.queue.length >= limits.queuePerInstall) throw overloaded("queuePerInstall");
    if (group.waiting >= limits.queuePerTenant) throw overloaded("queuePerTenant");
    if (waiting >= limits.queue) throw notAdmitted("queue");
  };

  return {
    get running() {
      return running;
    },
    get waiting() {
      return waiting;
    },
    enter(place, { deadlineAt, signal }) {
      const [group, own] = stateOf(place);
      const claimed = own.queue.length > 0 ? "concurrentPerInstall" : tryClaim(place, group, own);
      if (typeof claimed !== "string") return claimed;
      try {
        assertQueueHasRoom(group, own);
        if (signal?.aborted === true) throw goneAway();
      } catch (error) {
        forget(place, group, own);
        throw error;
      }
      return new Promise<C>((resolve, reject) => {
        const leftMs = Math.max(0, deadlineAt - performance.now());
        const finish = () => {
          clearTimeout(timer);
          signal?.removeEventListener("abort", onAbort);
        };
        const entry: Waiting<P, C> = {
          place,
          blockedBy: claimed,
          admit(cell) {
            finish();
            resolve(cell);
          },
          refuse(error) {
            if (!dequeue(group, own, entry)) return;
            finish();
            forget(place, group, own);
            reject(error);
          },
        };
        const onAbort = () => entry.refuse(goneAway());
        const timer = setTimeout(
          () => entry.refuse(leftMs <= limits.queueMs ? notStarted() : waitedInVain(entry.blockedBy)),
          Math.min(leftMs, limits.queueMs),
        );
        signal?.addEventListener("abort", onAbort, { once: true });
        own.queue.push(entry);
        group.waiting += 1;
        waiting += 1;
      });
    },
    leave(place) {
      const [group, own] = stateOf(place);
      running -= 1;
      group.running -= 1;
      own.running -= 1;
      forget(place, group, own);
      advance();
    },
    advance,
    refuseWaiting() {
      for (const group of tenants.values())
        for (const { queue } of group.installs.values())
          for (let entry = queue[0]; entry !== undefined; entry = queue[0]) entry.refuse(closing());
    },
  };
}

/** Waiting for one's own calls is one's own doing. */
function waitedInVain(bottleneck: Bottleneck): RunnerError {
  return bottleneck === "concurrentPerInstall" || bottleneck === "concurrentPerTenant"
    ? overloaded(bottleneck)
    : notAdmitted(bottleneck);
}
