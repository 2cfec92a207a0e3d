import { createFamily, type Route } from "../route.ts";
import { PERMISSION } from "../schemas/log-components.ts";
import { ref } from "../schemas/ref.ts";
import { anyText, integer, list, object, text } from "../schemas/schema.ts";
import { managementFamily } from "./management-family.ts";

const { route } = createFamily(managementFamily("API keys"));

/** Keys with which programs speak for the tenant. */
export const API_KEY_ROUTES: readonly Route[] = [
  route({
    method: "GET",
    path: "/api/extensions/api-keys",
    operationId: "listApiKeys",
    summary: "The tenant's API keys, newest first, without their secrets.",
    access: "extension:manage",
    answer: object({ apiKeys: list(ref("ApiKey")) }),
    handle: async ({ registry, tenantId }) => ({ apiKeys: await registry.apiKeys.list(tenantId) }),
  }),
  route({
    method: "POST",
    path: "/api/extensions/api-keys",
    operationId: "createApiKey",
    summary: "Make an API key. The token is in this answer and nowhere else.",
    access: "extension:manage",
    status: 201,
    body: object(
      { name: text(128), permissions: list(PERMISSION, 4) },
      { publishers: list(text(255), 100), expiresInDays: integer(1, 366, { default: 90 }) },
    ),
    answer: object({ token: anyText, apiKey: ref("ApiKey") }),
    handle: async ({ registry, body, principal }) => registry.apiKeys.create({ principal, ...body }),
  }),
  route({
    method: "DELETE",
    path: "/api/extensions/api-keys/{id}",
    operationId: "revokeApiKey",
    summary: "End an API key at once and for good.",
    access: "extension:manage",
    answer: object({ apiKey: ref("ApiKey") }),
    handle: async ({ registry, params: { id }, tenantId, actor }) => ({
      apiKey: await registry.apiKeys.revoke({ tenantId, id, actor }),
    }),
  }),
];
