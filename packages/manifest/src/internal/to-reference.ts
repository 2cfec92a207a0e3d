import type { ManifestEndpoint, ManifestEndpointReference } from "../manifest.ts";
import { describe } from "./describe.ts";
import type { Findings } from "./findings.ts";
import { suggest } from "./suggest.ts";
import { toRoutePath } from "./to-bundle-path.ts";
import type { JsonPath } from "./to-pointer.ts";

/**
 * The endpoint that a text such as `POST /sync` names.
 *
 * @param options.endpoints Those declared; null when some were refused, so that nothing can be said about the rest.
 */
export function toReference(
  written: string,
  options: {
    readonly path: JsonPath;
    readonly methods: readonly string[];
    readonly isSchedule: boolean;
    readonly endpoints: readonly ManifestEndpoint[] | null;
    readonly findings: Findings;
  },
): ManifestEndpointReference {
  const { path, methods, isSchedule, endpoints, findings } = options;
  const [method = "", pattern = ""] = written.trim().split(/\s+/);
  const reference = { method: method.toUpperCase(), path: toRoutePath(pattern) };
  const name = `${reference.method} ${reference.path}`;
  const value = describe(name);
  if (!methods.includes(reference.method) || reference.path.includes("/:")) {
    findings.refuse("endpoint_not_callable", path, { value, expected: `a ${methods.join(" or ")}` });
    return reference;
  }
  if (endpoints === null) return reference;
  const endpoint = endpoints.find((one) => one.method === reference.method && one.path === reference.path);
  if (endpoint === undefined) {
    const declared = endpoints.map((one) => `${one.method} ${one.path}`);
    findings.refuse("unknown_endpoint", path, { value }, suggest(name, declared));
  } else if (isSchedule && !endpoint.schedulable) {
    findings.refuse("endpoint_not_schedulable", path, { value });
  }
  return reference;
}
