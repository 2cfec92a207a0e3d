import type { JsonValue } from "@alga-ext/protocol";
import { RegistryError } from "../../errors.ts";
import type { Registry } from "../../registry.ts";
import type { AdminSchedule } from "../../schedules/create-schedules.ts";
import { SCHEDULE_ERRORS } from "../error-styles.ts";
import { createFamily, type Route } from "../route.ts";
import { ref } from "../schemas/ref.ts";
import { anyText, anything, constant, flag, list, nullable, object, text, uuid } from "../schemas/schema.ts";
import { requireInstall } from "./find-install.ts";
import { managementFamily } from "./management-family.ts";
import { PAGE, pageOf } from "./query-members.ts";

const { route } = createFamily({ ...managementFamily("Schedules"), errors: SCHEDULE_ERRORS });
const { route: plainRoute } = createFamily(managementFamily("Schedules"));

const CRON = text(128);
const OPTIONAL = {
  timezone: text(64),
  enabled: flag,
  name: nullable(text(128)),
  payloadJson: anything,
};
const DONE = object({ success: constant(true), scheduleId: uuid });

/** `/api/extensions/{extension}/{endpoints,schedules…}` (contract §1.9), and all schedules of a tenant. */
export const SCHEDULE_ROUTES: readonly Route[] = [
  plainRoute({
    method: "GET",
    path: "/api/extensions/schedules",
    operationId: "listSchedules",
    summary: "Schedules of all the tenant's installs, oldest first.",
    access: "extension:read",
    query: object({}, PAGE),
    answer: pageOf(ref("Schedule")),
    handle: async ({ registry, query, tenantId }) => registry.schedules.list({ ...query, tenantId }),
  }),
  route({
    method: "GET",
    path: "/api/extensions/{extension}/endpoints",
    operationId: "listEndpoints",
    summary: "What schedules of an install may call.",
    access: "extension:read",
    answer: object({
      endpoints: list(object({ id: uuid, method: anyText, path: anyText, handler: anyText })),
    }),
    async handle({ registry, params, tenantId }) {
      const { installId } = await requireInstall(registry, { ...params, tenantId });
      const endpoints = await registry.schedules.endpoints({ tenantId, installId });
      const schedulable = endpoints.filter((endpoint) => endpoint.schedulable);
      return {
        endpoints: schedulable.map(({ id, method, path, handler }) => ({ id, method, path, handler })),
      };
    },
  }),
  route({
    method: "GET",
    path: "/api/extensions/{extension}/schedules",
    operationId: "listExtensionSchedules",
    summary: "Schedules of one install, oldest first.",
    access: "extension:read",
    answer: object({ schedules: list(ref("Schedule")) }),
    async handle({ registry, params, tenantId }) {
      const { installId } = await requireInstall(registry, { ...params, tenantId });
      // An install has at most 50.
      const { items } = await registry.schedules.list({ tenantId, installId, limit: 100 });
      return { schedules: items };
    },
  }),
  route({
    method: "POST",
    path: "/api/extensions/{extension}/schedules",
    operationId: "createSchedule",
    summary: "Let an endpoint of an install be called by the clock.",
    access: "extension:manage",
    status: 201,
    body: object({ endpointId: uuid, cron: CRON }, OPTIONAL),
    answer: DONE,
    async handle({ registry, params, body: { payloadJson, ...input }, tenantId }) {
      const { installId } = await requireInstall(registry, { ...params, tenantId });
      const payload = toPayload(payloadJson);
      const { id } = await registry.schedules.create({ tenantId, installId, ...input, ...payload });
      return { success: true as const, scheduleId: id };
    },
  }),
  route({
    method: "GET",
    path: "/api/extensions/{extension}/schedules/{id}",
    operationId: "getSchedule",
    summary: "One schedule of an install.",
    access: "extension:read",
    answer: object({ schedule: ref("Schedule") }),
    handle: async ({ registry, params, tenantId }) => ({
      schedule: await requireSchedule(registry, { ...params, tenantId }),
    }),
  }),
  route({
    method: "PATCH",
    path: "/api/extensions/{extension}/schedules/{id}",
    operationId: "changeSchedule",
    summary: "Change a schedule: what is absent stays, null clears.",
    access: "extension:manage",
    body: object({}, { endpointId: uuid, cron: CRON, ...OPTIONAL }),
    answer: DONE,
    async handle({ registry, params, body: { payloadJson, ...input }, tenantId }) {
      const { id } = await requireSchedule(registry, { ...params, tenantId });
      await registry.schedules.update({ tenantId, scheduleId: id, ...input, ...toPayload(payloadJson) });
      return { success: true as const, scheduleId: id };
    },
  }),
  route({
    method: "DELETE",
    path: "/api/extensions/{extension}/schedules/{id}",
    operationId: "deleteSchedule",
    summary: "Remove a schedule; a run that is owed already is cancelled.",
    access: "extension:manage",
    answer: DONE,
    async handle({ registry, params, tenantId }) {
      const { id } = await requireSchedule(registry, { ...params, tenantId });
      await registry.schedules.delete({ tenantId, scheduleId: id });
      return { success: true as const, scheduleId: id };
    },
  }),
  route({
    method: "POST",
    path: "/api/extensions/{extension}/schedules/{id}/run-now",
    operationId: "runSchedule",
    summary: "Run a schedule now; its ticks stay as they are.",
    access: "extension:manage",
    answer: object({ success: constant(true), scheduleId: uuid, deliveryId: uuid }),
    async handle({ registry, params, tenantId }) {
      const { id } = await requireSchedule(registry, { ...params, tenantId });
      const { deliveryId } = await registry.schedules.runNow({ tenantId, scheduleId: id });
      return { success: true as const, scheduleId: id, deliveryId };
    },
  }),
];

async function requireSchedule(
  registry: Registry,
  request: { readonly tenantId: string; readonly extension: string; readonly id: string },
): Promise<AdminSchedule> {
  const { tenantId, id } = request;
  const { registryId } = await requireInstall(registry, request);
  const schedule = await registry.schedules.get({ tenantId, scheduleId: id });
  if (schedule.registryId === registryId) return schedule;
  throw new RegistryError("schedule_not_found", "There is no such schedule.");
}

/** Forms send the text that was typed, programs the value itself; empty text is none. */
function toPayload(payloadJson: JsonValue | undefined): { readonly payload?: JsonValue } {
  if (payloadJson === undefined) return {};
  if (typeof payloadJson !== "string") return { payload: payloadJson };
  if (payloadJson.trim() === "") return { payload: null };
  try {
    return { payload: JSON.parse(payloadJson) as JsonValue };
  } catch (error) {
    throw new RegistryError("schedule_invalid", "payloadJson is not JSON.", {
      cause: error,
      details: { fieldErrors: { payloadJson: "is not JSON" } },
    });
  }
}
