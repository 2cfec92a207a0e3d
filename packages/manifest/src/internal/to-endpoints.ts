import type { JsonValue } from "@alga-ext/protocol";
import { compileEndpoints } from "../compile-endpoints.ts";
import type { JsonSchema } from "../json-schema.ts";
import type { ManifestEndpoint } from "../manifest.ts";
import type { ApiSource, EndpointSource } from "../types.generated.ts";
import { checkKeys } from "./check-keys.ts";
import { checkSchema } from "./check-schema.ts";
import { describe } from "./describe.ts";
import type { Findings } from "./findings.ts";
import { isEqual } from "./is-equal.ts";
import { toRoutePath } from "./to-bundle-path.ts";
import type { JsonPath } from "./to-pointer.ts";

const WITHOUT_BODY = new Set(["GET", "HEAD", "OPTIONS"]);

/** Endpoints in their one spelling, in declared order, each method and path once. */
export function toEndpoints(api: ApiSource | undefined, findings: Findings): ManifestEndpoint[] {
  if (api === undefined) return [];
  checkKeys(api, { scope: "api", path: ["api"] }, findings);
  const seen = new Map<string, ManifestEndpoint>();
  const indexes: number[] = [];
  api.endpoints.forEach((source, index) => {
    const path = ["api", "endpoints", index];
    checkKeys(source, { scope: "endpoint", path }, findings);
    const endpoint = toEndpoint(source);
    if (endpoint.method !== source.method || endpoint.path !== source.path) {
      warnNormalized(endpoint, source, { path, findings });
    }
    if (endpoint.request !== undefined || endpoint.response !== undefined) {
      checkBodies(endpoint, { path, findings });
    }
    const key = `${endpoint.method} ${endpoint.path}`;
    const first = seen.get(key);
    if (first === undefined) {
      seen.set(key, endpoint);
      indexes.push(index);
    } else if (answersAlike(first, endpoint)) {
      findings.warn("duplicate", path, `${key} is declared already; this entry has no effect.`);
    } else findings.refuse("duplicate_endpoint", path, { value: describe(key) });
  });
  const endpoints = [...seen.values()];
  // Only endpoints of one length can take each other's requests.
  if (new Set(endpoints.map(lengthKey)).size < endpoints.length) {
    warnUnreachable(endpoints, indexes, findings);
  }
  return endpoints;
}

function toEndpoint(source: EndpointSource): ManifestEndpoint {
  const { handler, summary, request, response } = source;
  const endpoint: { -readonly [Key in keyof ManifestEndpoint]: ManifestEndpoint[Key] } = {
    method: source.method.toUpperCase(),
    path: toRoutePath(source.path),
    handler:
      handler.includes("//") || handler.startsWith("./")
        ? handler.replace(/^(?:\.\/)+/, "").replaceAll(/\/{2,}/g, "/")
        : handler,
    schedulable: source.schedulable ?? false,
  };
  if (summary !== undefined) endpoint.summary = summary;
  if (request !== undefined) endpoint.request = request as JsonSchema;
  if (response !== undefined) endpoint.response = response as JsonSchema;
  return endpoint;
}

function warnNormalized(
  endpoint: ManifestEndpoint,
  source: EndpointSource,
  { path, findings }: { readonly path: JsonPath; readonly findings: Findings },
): void {
  for (const key of ["method", "path"] as const) {
    if (endpoint[key] === source[key]) continue;
    findings.warn(
      "normalized",
      [...path, key],
      `This is read as ${endpoint[key]}. Write it that way.`,
      endpoint[key],
    );
  }
}

function checkBodies(
  { method, request, response }: ManifestEndpoint,
  { path, findings }: { readonly path: JsonPath; readonly findings: Findings },
): void {
  if (request !== undefined) {
    checkSchema(request, { path: [...path, "request"], findings });
    if (WITHOUT_BODY.has(method)) {
      findings.warn("no_effect", [...path, "request"], `A ${method} request has no body to describe.`);
    }
  }
  if (response !== undefined) checkSchema(response, { path: [...path, "response"], findings });
}

// The first one wins anyway; where nothing would differ, the second one is only noise.
function answersAlike(a: ManifestEndpoint, b: ManifestEndpoint): boolean {
  const essence = ({ handler, schedulable, request, response }: ManifestEndpoint): JsonValue => [
    handler,
    schedulable,
    ...(request === undefined ? [] : [{ request }]),
    ...(response === undefined ? [] : [{ response }]),
  ];
  return isEqual(essence(a), essence(b));
}

// A pattern's own text is a path it matches; when an earlier endpoint takes that, it takes all the others too.
function warnUnreachable(
  endpoints: readonly ManifestEndpoint[],
  indexes: readonly number[],
  findings: Findings,
): void {
  const alike = Map.groupBy(endpoints.entries(), ([, endpoint]) => lengthKey(endpoint));
  for (const group of alike.values()) {
    if (group.length < 2) continue;
    const match = compileEndpoints(group.map(([, endpoint]) => endpoint));
    for (const [position, endpoint] of group) {
      if (findings.isFull) return;
      const winner = match(endpoint.method, endpoint.path)?.endpoint;
      if (winner === undefined || winner === endpoint) continue;
      findings.warn(
        "unreachable_endpoint",
        ["api", "endpoints", indexes[position] ?? position],
        `${winner.method} ${winner.path} stands before it and takes every request of ${endpoint.path}. Move this one up.`,
      );
    }
  }
}

// Method and number of segments; GET takes HEAD's requests too.
function lengthKey({ method, path }: ManifestEndpoint): string {
  let segments = 0;
  for (let at = path.indexOf("/"); at !== -1 && at < path.length - 1; at = path.indexOf("/", at + 1))
    segments++;
  return (method === "HEAD" ? "GET" : method) + segments;
}
