import type { JsonValue } from "@alga-ext/protocol";
import type { Generated } from "kysely";
import type { Json, MaybeTime, Time } from "./columns.ts";

/** One topic an install wants to hear of, from its manifest. */
export interface SubscriptionTable {
  id: Generated<string>;
  tenant_id: string;
  install_id: string;
  topic: string;
  /** `POST /path`. */
  handler: string;
  /** Deliveries wait while it is set. */
  paused_at: MaybeTime;
  created_at: Time;
}

/** Something that happened in the host. */
export interface EventTable {
  tenant_id: string;
  /** The host's own id; the same id again is the same event. */
  id: string;
  topic: string;
  key: string | null;
  payload: Json<JsonValue>;
  emitted_at: Time;
}

/** Where a delivery is; everything but `pending` and `dead` is final. */
export type DeliveryState = "pending" | "delivered" | "dead" | "cancelled" | "discarded";

/** One call that is owed to an install. */
export interface DeliveryTable {
  id: Generated<string>;
  /** Order within a lane: given out under the lane's lock. */
  seq: Generated<string | number>;
  tenant_id: string;
  kind: "event" | "schedule";
  install_id: string;
  registry_id: string;
  /** The subscription or the schedule. */
  source_id: string;
  lane_key: string;
  event_id: string | null;
  /** Null for an event and for a run asked for by hand. */
  scheduled_for: MaybeTime;
  state: DeliveryState;
  attempts: number;
  last_error: string | null;
  /** Why it ended other than by being delivered. */
  reason: string | null;
  created_at: Time;
  finished_at: MaybeTime;
}

/** Deliveries that must go one after the other; a row exists while some are pending. */
export interface DeliveryLaneTable {
  tenant_id: string;
  source_id: string;
  lane_key: string;
  install_id: string;
  /** When a worker may take it, or, once taken, when the worker counts as lost. Null while deliveries are held. */
  due_at: MaybeTime;
  /** Token of the worker that has it. */
  claim: string | null;
}

/** A call the host makes by the clock. */
export interface ScheduleTable {
  id: Generated<string>;
  tenant_id: string;
  install_id: string;
  endpoint_id: string;
  name: string | null;
  cron: string;
  timezone: string;
  enabled: boolean;
  payload_json: Json<JsonValue | null>;
  /** Null while disabled. */
  next_run_at: MaybeTime;
  last_run_at: MaybeTime;
  last_run_status: "success" | "error" | null;
  last_error: string | null;
  created_at: Time;
  updated_at: Time;
}

/** Calls of the last minute, for limits that hold over several processes. */
export interface CallRateTable {
  tenant_id: string;
  bucket: string;
  /** Milliseconds since the epoch. */
  hits: Json<readonly number[]>;
}
