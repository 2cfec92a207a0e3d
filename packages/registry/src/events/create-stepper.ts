import type { Trigger } from "@alga-ext/protocol";
import type { RegistryDb } from "../db/registry-db.ts";
import type { ClaimedLane } from "./claim-lanes.ts";
import { laneName, lockLanes, removeEmpty, setDue } from "./lane-set.ts";
import { nextDeliveries } from "./next-deliveries.ts";
import { settleDeliveries, type EndedAttempt } from "./settle-deliveries.ts";

/** One turn of a lane: write down what ended, if something did, and go on, if the lane may. */
export interface Step {
  readonly lane: ClaimedLane;
  readonly ended: EndedAttempt | null;
  readonly goesOn: boolean;
}

/** What {@link createStepper} works with. */
export interface StepperContext {
  readonly db: RegistryDb;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly leaseMs: number;
  readonly timeoutMs: number;
  readonly maxAttempts: number;
}

interface Waiting {
  readonly step: Step;
  readonly resolve: (trigger: Trigger | null) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Take steps of many lanes in few transactions: what comes while a tenant's transaction runs goes into the next one.
 *
 * A step answers with the delivery to make now, or null when the worker is done with the lane.
 */
export function createStepper(context: StepperContext): (step: Step) => Promise<Trigger | null> {
  const { db } = context;
  const queues = new Map<string, Waiting[]>();

  async function run(tenantId: string, waiting: readonly Waiting[]): Promise<void> {
    try {
      const given = await db.withTenant(tenantId, (tx) =>
        takeSteps(tx, { ...context, tenantId, steps: waiting.map(({ step }) => step), now: context.clock() }),
      );
      for (const { step, resolve } of waiting) resolve(given.get(laneName(step.lane)) ?? null);
    } catch (error) {
      // One step that cannot be taken must not keep others from theirs.
      if (waiting.length > 1) for (const one of waiting) await run(tenantId, [one]);
      else waiting[0]?.reject(error);
    }
  }

  async function work(tenantId: string): Promise<void> {
    for (let waiting = queues.get(tenantId) ?? []; waiting.length > 0; waiting = queues.get(tenantId) ?? []) {
      queues.set(tenantId, []);
      await run(tenantId, waiting);
    }
    queues.delete(tenantId);
  }

  return (step) => {
    const { promise, resolve, reject } = Promise.withResolvers<Trigger | null>();
    const { tenantId } = step.lane;
    const queue = queues.get(tenantId);
    if (queue === undefined) {
      queues.set(tenantId, [{ step, resolve, reject }]);
      // After the present turn: what comes in it comes together.
      queueMicrotask(() => void work(tenantId));
    } else queue.push({ step, resolve, reject });
    return promise;
  };
}

async function takeSteps(
  tx: Parameters<Parameters<RegistryDb["withTenant"]>[1]>[0],
  request: Omit<StepperContext, "db" | "clock"> & {
    readonly tenantId: string;
    readonly steps: readonly Step[];
    readonly now: number;
  },
): Promise<Map<string, Trigger>> {
  const { tenantId, now } = request;
  const held = await lockLanes(
    tx,
    tenantId,
    request.steps.map(({ lane }) => lane),
  );
  // Of a lane that another worker has by now nothing is written: that worker repeats the delivery.
  const steps = request.steps.filter(({ lane }) => held.has(laneName(lane)));
  const ended = steps.flatMap((step) => (step.ended === null ? [] : [step.ended]));
  await settleDeliveries(tx, { tenantId, ended, now });
  const isOver = ({ ended: one }: Step): boolean => one !== null && one.retryAt === null;
  const over = steps.filter(isOver).map(({ lane }) => lane);
  const removed = await removeEmpty(tx, tenantId, over);
  const open = steps.filter(
    (step) => (step.ended === null || isOver(step)) && !removed.has(laneName(step.lane)),
  );
  await setDue(
    tx,
    tenantId,
    open.flatMap(({ lane, goesOn }) => (goesOn ? [] : [{ lane, dueAt: new Date(now), isKept: false }])),
  );
  const lanes = open.flatMap(({ lane, goesOn }) => (goesOn ? [lane] : []));
  return nextDeliveries(tx, { ...request, lanes });
}
