import { isWireErrorCode, wireErrorResponse, type Permission, type WireErrorCode } from "@alga-ext/protocol";
import { requireCaller } from "./caller.ts";
import type { RouteContext } from "./route-context.ts";
import { toFailure } from "./failure.ts";
import { invalid, readJson, textListField, type JsonBody } from "./read-json.ts";

interface Route {
  readonly method: string;
  readonly permission: Permission;
  run(
    context: RouteContext,
    call: { tenantId: string; userId: string; registryId: string },
  ): Promise<unknown>;
}

const LISTS: Readonly<Record<string, Route>> = {
  catalog: {
    method: "GET",
    permission: "extension:read",
    run: async ({ registry }, { tenantId }) => ({ extensions: await registry.catalog(tenantId) }),
  },
  installs: {
    method: "GET",
    permission: "extension:read",
    run: async ({ registry }, { tenantId }) => ({ installs: await registry.installs(tenantId) }),
  },
};

const ACTIONS: Readonly<Record<string, Route>> = {
  enabled: {
    method: "POST",
    permission: "extension:manage",
    async run({ registry, request }, { tenantId, registryId, userId }) {
      const { enabled } = await readJson(request);
      if (typeof enabled !== "boolean") throw invalid("enabled", "must be true or false");
      return { install: await registry.setEnabled({ tenantId, registryId, enabled, actor: userId }) };
    },
  },
  grants: {
    method: "PUT",
    permission: "extension:manage",
    async run({ registry, request }, { tenantId, registryId, userId }) {
      const body = await readJson(request);
      const grants = {
        capabilities: textListField(body, "capabilities"),
        egress: textListField(body, "egress"),
      };
      return { install: await registry.setGrants({ tenantId, registryId, grants, actor: userId }) };
    },
  },
  secrets: {
    method: "PUT",
    permission: "extension:manage",
    async run({ registry, request }, { tenantId, registryId, userId }) {
      const secrets = secretsOf(await readJson(request));
      await registry.setSecrets({ tenantId, registryId, secrets, actor: userId });
      const installs = await registry.installs(tenantId);
      return { install: installs.find((install) => install.registryId === registryId.toLowerCase()) ?? null };
    },
  },
  logs: {
    method: "GET",
    permission: "extension:read",
    async run({ registry, url }, { tenantId, registryId }) {
      const limit = Number(url.searchParams.get("limit") ?? 50);
      const query = { tenantId, registryId, limit: Number.isSafeInteger(limit) ? limit : 50 };
      return { entries: await registry.executionLog.recent(query) };
    },
  },
};

/** `/api/extensions/…`: the catalogue, and what a tenant's administrator does with an install. */
export async function extensionRoute(context: RouteContext): Promise<Response | null> {
  const { request, url, requestId } = context;
  const [first = "", second, ...rest] = url.pathname.slice("/api/extensions/".length).split("/");
  const table = second === undefined ? LISTS : ACTIONS;
  const name = second ?? first;
  const route = rest.length === 0 && Object.hasOwn(table, name) ? table[name] : undefined;
  if (route === undefined) return null;
  if (request.method !== route.method) {
    return wireErrorResponse("method_not_allowed", { requestId, headers: { allow: route.method } });
  }
  try {
    const { tenantId, userId } = await requireCaller(request, route.permission, context.options);
    const body = await route.run(context, { tenantId, userId, registryId: first });
    return Response.json(body);
  } catch (error) {
    const failure = toFailure(error, context);
    return wireErrorResponse(wireCode(failure), { requestId, message: failure.message });
  }
}

function wireCode({ code, status }: { readonly code: string; readonly status: number }): WireErrorCode {
  if (isWireErrorCode(code)) return code;
  if (status === 404) return "not_found";
  if (status === 409) return "conflict";
  return status < 500 ? "invalid_request" : "internal_error";
}

function secretsOf(body: JsonBody): Record<string, string | null> {
  for (const value of Object.values(body)) {
    if (value !== null && typeof value !== "string")
      throw invalid("secrets", "must be text, or null to delete one");
  }
  return body as Record<string, string | null>;
}
