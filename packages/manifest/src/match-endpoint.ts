import {
  compileEndpoints,
  type EndpointMatch,
  type EndpointMatcher,
  type EndpointPattern,
} from "./compile-endpoints.ts";

const MATCHERS = new WeakMap<readonly EndpointPattern[], EndpointMatcher<EndpointPattern>>();

/**
 * The endpoint that answers a method and a path without query; null when none is declared.
 *
 * Compiles a list once, the first time it is given: treat it as frozen afterwards. See {@link compileEndpoints} for
 * the rules.
 *
 * @example
 * matchEndpoint(manifest.endpoints, "GET", "/agreements/7")?.params["id"]; // "7"
 */
export function matchEndpoint<Endpoint extends EndpointPattern>(
  endpoints: readonly Endpoint[],
  method: string,
  path: string,
): EndpointMatch<Endpoint> | null {
  const known = MATCHERS.get(endpoints) as EndpointMatcher<Endpoint> | undefined;
  const match = known ?? compileEndpoints(endpoints);
  if (known === undefined) MATCHERS.set(endpoints, match);
  return match(method, path);
}
