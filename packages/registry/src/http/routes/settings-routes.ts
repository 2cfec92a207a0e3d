import { createFamily, type Route } from "../route.ts";
import { ref } from "../schemas/ref.ts";
import {
  anyObject,
  anyText,
  anything,
  integer,
  list,
  nullable,
  object,
  record,
  text,
  uuid,
} from "../schemas/schema.ts";
import { requireInstall } from "./find-install.ts";
import { managementFamily } from "./management-family.ts";

const { route } = createFamily(managementFamily("Settings and secrets"));
const SETTINGS = object({
  schema: anyObject,
  values: anyObject,
  config: anyObject,
  secretNames: list(anyText),
  problems: list(object({ code: anyText, pointer: anyText, message: anyText })),
});

/** What an administrator fills in. */
export const SETTINGS_ROUTES: readonly Route[] = [
  route({
    method: "GET",
    path: "/api/extensions/{extension}/settings",
    operationId: "getSettings",
    summary: "Schema, values and what is wrong with them.",
    access: "extension:manage",
    answer: SETTINGS,
    async handle({ registry, params, tenantId }) {
      const { schema, ...rest } = await registry.settings.get({ tenantId, registryId: params.extension });
      return { ...rest, schema };
    },
  }),
  route({
    method: "PATCH",
    path: "/api/extensions/{extension}/settings",
    operationId: "changeSettings",
    summary: "Set values by name; null resets one. Secret settings are stored encrypted.",
    access: "extension:manage",
    body: object({ values: record(anything, 200) }),
    answer: SETTINGS,
    async handle({ registry, params, body: { values }, tenantId, actor }) {
      return registry.settings.set({ tenantId, registryId: params.extension, values, actor });
    },
  }),
  route({
    method: "GET",
    path: "/api/extensions/{extension}/secrets",
    operationId: "listSecrets",
    summary: "Which secrets an install has and since when; values are never answered.",
    access: "extension:manage",
    answer: object({ secrets: list(ref("SecretName")) }),
    handle: async ({ registry, params, tenantId }) => ({
      secrets: await registry.secretNames({ tenantId, registryId: params.extension }),
    }),
  }),
  route({
    method: "PUT",
    path: "/api/extensions/{extension}/secrets",
    operationId: "setSecrets",
    summary: "Set secrets by name; null deletes one.",
    access: "extension:manage",
    body: record(nullable(text(16_384, { minLength: 0 })), 64),
    answer: object({ install: ref("InstallDetails") }),
    async handle({ registry, params, body: secrets, tenantId, actor }) {
      await registry.setSecrets({ tenantId, registryId: params.extension, secrets, actor });
      return { install: await requireInstall(registry, { ...params, tenantId }) };
    },
  }),
  route({
    method: "POST",
    path: "/api/extensions/data-key/rotation",
    operationId: "rotateDataKey",
    summary: "Give the tenant a new data key and seal its secrets with it.",
    access: "extension:manage",
    isLimited: true,
    answer: object({
      kid: anyText,
      reencrypted: integer(0),
      unreadable: list(object({ installId: uuid, name: anyText })),
      retired: list(anyText),
    }),
    handle: async ({ registry, tenantId, actor }) => registry.rotateDataKey({ tenantId, actor }),
  }),
];
