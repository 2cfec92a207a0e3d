import { RUNNER_ERRORS } from "../error-styles.ts";
import { createFamily, type Route } from "../route.ts";
import { CONTENT_HASH, anyText, flag, object, uuid, type Schema } from "../schemas/schema.ts";

const { openRoute } = createFamily({ tag: "Runners", errors: RUNNER_ERRORS, params: {} });
const headers = { vary: "x-api-key, x-canary" };
// A cache-buster of old runners.
const ts: Schema<string> = { type: "string" };

/** `GET /api/installs/{validate,lookup-by-host}` for runners (contract §1.7). */
export const RUNNER_ROUTES: readonly Route[] = [
  openRoute({
    method: "GET",
    path: "/api/installs/validate",
    operationId: "validateInstall",
    summary: "Whether a runner may serve this content for this extension.",
    access: "runner",
    query: object({}, { tenant: anyText, extension: anyText, hash: anyText, ts }),
    answer: object({ valid: flag }),
    headers,
    async handle({ registry, query }) {
      const { tenant = "", extension = "", hash = "" } = query;
      const valid = await registry.validateInstall({
        ...(tenant === "" ? {} : { tenantId: tenant }),
        registryId: extension,
        contentHash: hash,
      });
      return { valid };
    },
  }),
  openRoute({
    method: "GET",
    path: "/api/installs/lookup-by-host",
    operationId: "lookupHost",
    summary: "Whose active install has a host name. Letter case and a port are ignored.",
    access: "runner",
    query: object({}, { host: anyText, ts }),
    answer: object({ tenant_id: anyText, extension_id: uuid, content_hash: CONTENT_HASH }),
    headers,
    async handle({ registry, query }) {
      const { host = "" } = query;
      if (host === "") return Response.json({ error: "missing_host" }, { status: 400 });
      const owner = await registry.lookupHost(host);
      if (owner === null) return Response.json({ error: "not_found" }, { status: 404 });
      return { tenant_id: owner.tenantId, extension_id: owner.registryId, content_hash: owner.contentHash };
    },
  }),
];
