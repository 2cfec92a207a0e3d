import { compileEndpoints } from "../compile-endpoints.ts";
import type { ManifestEndpoint } from "../manifest.ts";
import type { ApiSource, EndpointSource } from "../types.generated.ts";
import { checkKeys } from "./check-keys.ts";
import { toBundlePath } from "./to-bundle-path.ts";
import type { WarningList } from "./warning-list.ts";

/** Endpoints in their one spelling, in declared order, each method and path once. */
export function toEndpoints(api: ApiSource | undefined, warnings: WarningList): ManifestEndpoint[] {
  if (api === undefined) return [];
  checkKeys(api, { scope: "api", path: ["api"] }, warnings);
  const seen = new Map<string, ManifestEndpoint>();
  const indexes: number[] = [];
  for (const [index, source] of api.endpoints.entries()) {
    const path = ["api", "endpoints", index];
    checkKeys(source, { scope: "endpoint", path }, warnings);
    const endpoint = toEndpoint(source);
    if (endpoint.method !== source.method)
      warnings.add("normalized", [...path, "method"], `Read as ${endpoint.method}.`);
    if (endpoint.path !== source.path)
      warnings.add("normalized", [...path, "path"], `Read as ${endpoint.path}.`);
    const key = `${endpoint.method} ${endpoint.path}`;
    if (seen.has(key)) {
      warnings.add("duplicate", path, `${key} is declared already; this entry has no effect.`);
      continue;
    }
    seen.set(key, endpoint);
    indexes.push(index);
  }
  const endpoints = [...seen.values()];
  warnUnreachable(endpoints, indexes, warnings);
  return endpoints;
}

function toEndpoint(source: EndpointSource): ManifestEndpoint {
  return {
    method: source.method.toUpperCase(),
    path: `/${toBundlePath(source.path)}`,
    handler: source.handler.replace(/^(?:\.\/)+/, "").replaceAll(/\/{2,}/g, "/"),
    schedulable: source.schedulable ?? false,
    ...(source.summary === undefined ? {} : { summary: source.summary }),
  };
}

// A pattern's own text is a path it matches; when an earlier endpoint takes that, it takes all the others too.
function warnUnreachable(
  endpoints: readonly ManifestEndpoint[],
  indexes: readonly number[],
  warnings: WarningList,
): void {
  const match = compileEndpoints(endpoints);
  for (const [position, endpoint] of endpoints.entries()) {
    if (warnings.isFull) return;
    const winner = match(endpoint.method, endpoint.path)?.endpoint;
    if (winner === undefined || winner === endpoint) continue;
    warnings.add(
      "unreachable_endpoint",
      ["api", "endpoints", indexes[position] ?? position],
      `${winner.method} ${winner.path} is declared before and takes every request of ${endpoint.path}.`,
    );
  }
}
