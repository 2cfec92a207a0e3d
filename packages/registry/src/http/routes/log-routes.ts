import { createFamily, type Route } from "../route.ts";
import { ref } from "../schemas/ref.ts";
import { anyText, list, nullable, object, oneOf, text } from "../schemas/schema.ts";
import { toRegistryId } from "./find-install.ts";
import { managementFamily } from "./management-family.ts";
import { PAGE, pageOf, TIME } from "./query-members.ts";

const { route } = createFamily(managementFamily("Logs and usage"));
const STATUS = oneOf(["started", "ok", "error", "timeout", "policy_denied", "upstream_error"]);
const SPAN = { from: TIME, to: TIME };
const CALL_FILTER = { status: STATUS, requestId: text(255), ...SPAN };
const CALLS = object({ entries: list(ref("ExecutionRecord")), nextCursor: nullable(anyText) });

/** What happened, and what it took. */
export const LOG_ROUTES: readonly Route[] = [
  route({
    method: "GET",
    path: "/api/extensions/calls",
    operationId: "listCalls",
    summary: "Calls of all the tenant's extensions, newest first, with what they logged.",
    access: "extension:read",
    query: object({}, { ...PAGE, ...CALL_FILTER }),
    answer: CALLS,
    handle: async ({ registry, query, tenantId }) => registry.executionLog.list({ ...query, tenantId }),
  }),
  route({
    method: "GET",
    path: "/api/extensions/{extension}/logs",
    operationId: "listExtensionCalls",
    summary: "Calls of one extension, newest first, with what it logged.",
    access: "extension:read",
    query: object({}, { ...PAGE, ...CALL_FILTER }),
    answer: CALLS,
    async handle({ registry, params, query, tenantId }) {
      const registryId = await toRegistryId(registry, params.extension);
      return registry.executionLog.list({ ...query, tenantId, registryId });
    },
  }),
  route({
    method: "GET",
    path: "/api/extensions/usage",
    operationId: "listUsage",
    summary: "What each extension of the tenant used, by the hour, newest first.",
    access: "extension:read",
    query: object({}, { ...PAGE, ...SPAN }),
    answer: pageOf(ref("UsageWindow")),
    handle: async ({ registry, query, tenantId }) => registry.usage.read({ ...query, tenantId }),
  }),
  route({
    method: "GET",
    path: "/api/extensions/{extension}/usage",
    operationId: "listExtensionUsage",
    summary: "What one extension used, by the hour, newest first.",
    access: "extension:read",
    query: object({}, { ...PAGE, ...SPAN }),
    answer: pageOf(ref("UsageWindow")),
    async handle({ registry, params, query, tenantId }) {
      const registryId = await toRegistryId(registry, params.extension);
      return registry.usage.read({ ...query, tenantId, registryId });
    },
  }),
  route({
    method: "GET",
    path: "/api/extensions/{extension}/quota",
    operationId: "getQuota",
    summary: "The limits of one extension, and what the window under way has used of them.",
    access: "extension:read",
    answer: ref("LimitsInForce"),
    async handle({ registry, params, tenantId }) {
      const registryId = await toRegistryId(registry, params.extension);
      return registry.quotas.limits({ tenantId, registryId });
    },
  }),
  route({
    method: "GET",
    path: "/api/extensions/audit",
    operationId: "listAudit",
    summary: "What administrators and the system did, newest first.",
    access: "extension:manage",
    query: object({}, { ...PAGE, ...SPAN, eventType: text(100), actor: text(255), resourceId: text(255) }),
    answer: pageOf(ref("AuditRecord")),
    handle: async ({ registry, query, tenantId }) => registry.audit.list({ ...query, tenantId }),
  }),
];
