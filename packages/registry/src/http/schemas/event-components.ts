import type { ComponentSchemas } from "./ref.ts";
import { anyText, anything, flag, integer, nullable, object, oneOf, time, uuid } from "./schema.ts";

/** What has become of a delivery. */
export const DELIVERY_STATE = oneOf(["pending", "delivered", "dead", "cancelled", "discarded"]);
const DELIVERY = {
  deliveryId: uuid,
  kind: oneOf(["event", "schedule"]),
  installId: uuid,
  registryId: uuid,
  subscriptionId: nullable(uuid),
  scheduleId: nullable(uuid),
  eventId: nullable(anyText),
  topic: nullable(anyText),
  key: nullable(anyText),
  scheduledFor: nullable(time),
  state: DELIVERY_STATE,
  attempts: integer(0),
  lastError: nullable(anyText),
  reason: nullable(anyText),
  createdAt: time,
  finishedAt: nullable(time),
};

/** Events and schedules. */
export const EVENT_COMPONENTS = {
  DeadLetter: object({ ...DELIVERY, payload: anything }),
  Delivery: object(DELIVERY),
  Schedule: object({
    id: uuid,
    installId: uuid,
    registryId: uuid,
    endpointId: uuid,
    endpointMethod: anyText,
    endpointPath: anyText,
    name: nullable(anyText),
    cron: anyText,
    timezone: anyText,
    enabled: flag,
    payload: anything,
    lastRunAt: nullable(time),
    lastRunStatus: nullable(oneOf(["success", "error"])),
    lastError: nullable(anyText),
    nextRunAt: nullable(time),
    createdAt: time,
  }),
  Subscription: object({
    subscriptionId: uuid,
    installId: uuid,
    registryId: uuid,
    topic: anyText,
    endpoint: object({ method: anyText, path: anyText }),
    pausedAt: nullable(time),
    waiting: integer(0),
    dead: integer(0),
  }),
} satisfies Partial<ComponentSchemas>;
