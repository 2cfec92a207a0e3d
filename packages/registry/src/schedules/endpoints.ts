import type { EndpointInfo } from "@alga-ext/protocol";
import type { TenantDb } from "../db/registry-db.ts";
import type { ScheduleFields } from "./parse-input.ts";

/** Whether a schedule can call an endpoint: nothing of the path is left open, and the method carries at most a body. */
export function isSchedulable({ method, path }: { readonly method: string; readonly path: string }): boolean {
  return (method === "GET" || method === "POST") && !/[:{}]/.test(path);
}

/** The endpoints of a version, by path. */
export async function readEndpoints(tx: TenantDb, versionId: string): Promise<EndpointInfo[]> {
  const rows = await tx
    .selectFrom("extension_api_endpoint")
    .select(["id", "method", "path", "handler"])
    .where("version_id", "=", versionId)
    .orderBy("path")
    .orderBy("method")
    .execute();
  return rows.map((row) => ({ ...row, schedulable: isSchedulable(row) }));
}

/** The endpoint that a request names, or what is wrong with it, by field. */
export function chooseEndpoint(
  endpoints: readonly EndpointInfo[],
  { endpoint, endpointId }: Pick<ScheduleFields, "endpoint" | "endpointId">,
): EndpointInfo | { readonly field: string; readonly problem: string } {
  const field = endpointId === undefined ? "endpoint" : "endpointId";
  const named = endpointId === undefined ? byName(endpoints, endpoint ?? "") : byId(endpoints, endpointId);
  if (named.length === 0) return { field, problem: "names no endpoint of the installed version" };
  const [found, second] = named.filter(({ schedulable }) => schedulable);
  if (found === undefined) {
    return { field, problem: "must be a GET or a POST whose path has no parameters" };
  }
  if (second !== undefined) return { field, problem: "names a GET and a POST: put the method in front" };
  return found;
}

function byId(endpoints: readonly EndpointInfo[], id: string): EndpointInfo[] {
  return endpoints.filter((one) => one.id === id.toLowerCase());
}

function byName(endpoints: readonly EndpointInfo[], name: string): EndpointInfo[] {
  const parts = /^(?:([A-Za-z]+)\s+)?(\/\S*)$/.exec(name);
  if (parts === null) return [];
  const [, method, path] = parts;
  return endpoints.filter(
    (one) => one.path === path && (method === undefined || one.method === method.toUpperCase()),
  );
}
