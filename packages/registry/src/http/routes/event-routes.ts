import { RegistryError } from "../../errors.ts";
import { createFamily, type Route } from "../route.ts";
import { DELIVERY_STATE } from "../schemas/event-components.ts";
import { ref } from "../schemas/ref.ts";
import { flag, integer, list, object, text, uuid } from "../schemas/schema.ts";
import { toRegistryId } from "./find-install.ts";
import { managementFamily } from "./management-family.ts";
import { PAGE, pageOf } from "./query-members.ts";

const { route } = createFamily(managementFamily("Events"));
const SELECTION = object({}, { deliveryIds: list(uuid, 1000), sourceId: uuid });

/** What extensions hear of, and what could not be delivered. */
export const EVENT_ROUTES: readonly Route[] = [
  route({
    method: "GET",
    path: "/api/extensions/subscriptions",
    operationId: "listSubscriptions",
    summary: "What the tenant's installs hear of, by topic.",
    access: "extension:read",
    query: object({}, { extension: text(511) }),
    answer: object({ subscriptions: list(ref("Subscription")) }),
    async handle({ registry, query: { extension }, tenantId }) {
      const registryId = extension === undefined ? null : await toRegistryId(registry, extension);
      return {
        subscriptions: await registry.events.subscriptions({
          tenantId,
          ...(registryId === null ? {} : { registryId }),
        }),
      };
    },
  }),
  route({
    method: "PUT",
    path: "/api/extensions/subscriptions/{id}/paused",
    operationId: "setSubscriptionPaused",
    summary: "Hold the deliveries of a subscription, or let them go on; nothing is lost.",
    access: "extension:manage",
    status: 204,
    body: object({ paused: flag }),
    async handle({ registry, params: { id }, body: { paused }, tenantId }) {
      const { pause, resume } = registry.events;
      await (paused ? pause : resume)({ tenantId, subscriptionId: id });
    },
  }),
  route({
    method: "GET",
    path: "/api/extensions/deliveries",
    operationId: "listDeliveries",
    summary: "Calls that were or are owed to extensions, newest first.",
    access: "extension:read",
    query: object({}, { ...PAGE, sourceId: uuid, state: DELIVERY_STATE }),
    answer: pageOf(ref("Delivery")),
    handle: async ({ registry, query, tenantId }) => registry.events.deliveries({ ...query, tenantId }),
  }),
  route({
    method: "GET",
    path: "/api/extensions/dead-letters",
    operationId: "listDeadLetters",
    summary: "What was given up, newest first, with its payload.",
    access: "extension:manage",
    query: object({}, { ...PAGE, sourceId: uuid }),
    answer: pageOf(ref("DeadLetter")),
    handle: async ({ registry, query, tenantId }) => registry.events.deadLetters({ ...query, tenantId }),
  }),
  ...(["replay", "discard"] as const).map((verb) =>
    route({
      method: "POST",
      path: `/api/extensions/dead-letters/${verb}`,
      operationId: `${verb}DeadLetters`,
      summary:
        verb === "replay"
          ? "Owe dead letters again: those named, or all of one subscription or schedule. At most 1,000."
          : "Give dead letters up for good: those named, or all of one subscription or schedule. At most 1,000.",
      access: "extension:manage",
      body: SELECTION,
      answer: object({ count: integer(0) }),
      async handle({ registry, body: { deliveryIds, sourceId }, tenantId }) {
        if ((deliveryIds === undefined) === (sourceId === undefined)) {
          throw new RegistryError("invalid_request", "Name either deliveryIds or a sourceId.");
        }
        const selection =
          deliveryIds === undefined ? { tenantId, sourceId: sourceId ?? "" } : { tenantId, deliveryIds };
        return { count: await registry.events[verb](selection) };
      },
    }),
  ),
];
