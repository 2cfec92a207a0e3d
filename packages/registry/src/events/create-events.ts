import type { RegistryDb } from "../db/registry-db.ts";
import type { Page } from "../releases/page.ts";
import { emit, type EmitRequest, type EmitResult } from "./emit.ts";
import {
  readDeadLetters,
  readDeliveries,
  type DeadLetter,
  type DeliveriesQuery,
  type Delivery,
} from "./read-deliveries.ts";
import { discard, replay, type DeadLetterSelection } from "./replay.ts";
import { readSubscriptions, setPaused, type Subscription, type SubscriptionRef } from "./subscriptions.ts";

/** What happens in the host, and which extensions hear of it. */
export interface Events {
  /** Write an event with everything that is owed because of it. Throws `invalid_request`, `event_conflict`. */
  emit(request: EmitRequest): Promise<EmitResult>;
  /** What the tenant's installs hear of, by topic. */
  subscriptions(query: { readonly tenantId: string; readonly registryId?: string }): Promise<Subscription[]>;
  /** Hold the deliveries of a subscription; nothing is lost. Throws `subscription_not_found`. */
  pause(request: SubscriptionRef): Promise<void>;
  /** Let them go on, oldest first. Throws `subscription_not_found`. */
  resume(request: SubscriptionRef): Promise<void>;
  /** Newest first. Throws `invalid_request`. */
  deliveries(query: DeliveriesQuery): Promise<Page<Delivery>>;
  /** What was given up, newest first, with its payload. Throws `invalid_request`. */
  deadLetters(query: Omit<DeliveriesQuery, "state">): Promise<Page<DeadLetter>>;
  /** Owe dead letters again; answers how many, at most 1,000. Throws `invalid_request`. */
  replay(selection: DeadLetterSelection): Promise<number>;
  /** Give dead letters up for good; answers how many, at most 1,000. Throws `invalid_request`. */
  discard(selection: DeadLetterSelection): Promise<number>;
}

/** What {@link createEvents} works with. */
export interface EventsContext {
  readonly db: RegistryDb;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Tell a worker that something is owed. Never rejects: the tables have it already. */
  readonly wake: () => Promise<void>;
}

/** The events of a registry. */
export function createEvents(context: EventsContext): Events {
  const { db } = context;
  return Object.freeze<Events>({
    emit: (request) => emit(context, request),
    subscriptions: (query) => readSubscriptions(db, query),
    pause: (request) => setPaused(context, { ...request, paused: true }),
    resume: (request) => setPaused(context, { ...request, paused: false }),
    deliveries: (query) => readDeliveries(db, query),
    deadLetters: (query) => readDeadLetters(db, query),
    replay: (selection) => replay(context, selection),
    discard: (selection) => discard(context, selection),
  });
}
