import { createFamily, type Route } from "../route.ts";
import { ref } from "../schemas/components.ts";
import { anyText, list, nullable, object, oneOf, text } from "../schemas/schema.ts";
import { managementFamily } from "./management-family.ts";
import { PAGE, TIME } from "./query-members.ts";

const { route } = createFamily(managementFamily("Logs"));
const STATUS = oneOf(["started", "ok", "error", "timeout", "policy_denied", "upstream_error"]);
const FILTER = { status: STATUS, requestId: text(255), from: TIME, to: TIME };
const CALLS = object({ entries: list(ref("ExecutionRecord")), nextCursor: nullable(anyText) });

/** What happened: calls. */
export const LOG_ROUTES: readonly Route[] = [
  route({
    method: "GET",
    path: "/api/extensions/calls",
    operationId: "listCalls",
    summary: "Calls of all the tenant's extensions, newest first, with what they logged.",
    access: "extension:read",
    query: object({}, { ...PAGE, ...FILTER }),
    answer: CALLS,
    handle: async ({ registry, query, tenantId }) => registry.executionLog.list({ ...query, tenantId }),
  }),
  route({
    method: "GET",
    path: "/api/extensions/{extension}/logs",
    operationId: "listExtensionCalls",
    summary: "Calls of one extension, newest first, with what it logged.",
    access: "extension:read",
    query: object({}, { ...PAGE, ...FILTER }),
    answer: CALLS,
    handle: async ({ registry, params, query, tenantId }) =>
      registry.executionLog.list({ ...query, tenantId, registryId: params.extension }),
  }),
];
