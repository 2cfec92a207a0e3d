import { createHash, timingSafeEqual } from "node:crypto";
import { wireErrorResponse } from "@alga-ext/protocol";
import type { RouteContext } from "./route-context.ts";
import { toFailure } from "./failure.ts";

const HEADERS = { "cache-control": "no-store", vary: "x-api-key, x-canary" };

/** `GET /api/installs/{validate,lookup-by-host}` for runners (contract §1.7). */
export async function runnerRoute(context: RouteContext): Promise<Response | null> {
  const { request, url, requestId, options } = context;
  const answer = {
    "/api/installs/validate": validate,
    "/api/installs/lookup-by-host": lookup,
  }[url.pathname];
  if (answer === undefined) return null;
  if (request.method !== "GET")
    return wireErrorResponse("method_not_allowed", { requestId, headers: { allow: "GET" } });
  if (!sameText(request.headers.get("x-api-key") ?? "", options.runnerApiKey)) {
    return wireErrorResponse("unauthorized", { requestId, headers: HEADERS });
  }
  try {
    return await answer(context);
  } catch (error) {
    toFailure(error, context);
    return json({ error: "server_error" }, 500);
  }
}

async function validate({ registry, url }: RouteContext): Promise<Response> {
  const tenantId = url.searchParams.get("tenant") ?? "";
  const valid = await registry.validateInstall({
    ...(tenantId === "" ? {} : { tenantId }),
    registryId: url.searchParams.get("extension") ?? "",
    contentHash: url.searchParams.get("hash") ?? "",
  });
  return json({ valid }, 200);
}

async function lookup({ registry, url }: RouteContext): Promise<Response> {
  const host = url.searchParams.get("host") ?? "";
  if (host === "") return json({ error: "missing_host" }, 400);
  const owner = await registry.lookupHost(host);
  if (owner === null) return json({ error: "not_found" }, 404);
  return json(
    { tenant_id: owner.tenantId, extension_id: owner.registryId, content_hash: owner.contentHash },
    200,
  );
}

function json(body: unknown, status: number): Response {
  return Response.json(body, { status, headers: HEADERS });
}

/** Compares digests, so that neither content nor length shows in the time taken. */
function sameText(left: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
