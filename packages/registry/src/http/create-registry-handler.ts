import { randomUUID } from "node:crypto";
import type { Registry } from "../registry.ts";
import { bundleRoute } from "./bundle-routes.ts";
import { extensionRoute } from "./extension-routes.ts";
import type { RegistryHandlerOptions, RouteContext } from "./route-context.ts";
import { runnerRoute } from "./runner-routes.ts";
import { v1Route } from "./v1-routes.ts";

const REQUEST_ID = /^[A-Za-z0-9._:-]{1,128}$/;

/**
 * The registry's HTTP routes as one function of a request; null when the path is not its own.
 *
 * Another tenant's ids answer exactly as unknown ones do.
 *
 * @throws {TypeError} at once when `runnerApiKey` is empty.
 */
export function createRegistryHandler(
  registry: Registry,
  options: RegistryHandlerOptions,
): (request: Request) => Promise<Response | null> {
  if (options.runnerApiKey === "") throw new TypeError("runnerApiKey must not be empty.");
  return async (request) => {
    const given = request.headers.get("x-request-id") ?? "";
    const context: RouteContext = {
      registry,
      options,
      request,
      url: new URL(request.url),
      requestId: REQUEST_ID.test(given) ? given : randomUUID(),
    };
    const route = findRoute(context.url.pathname);
    if (route === null) return null;
    const response = await route(context);
    if (response === null) return null;
    response.headers.set("x-request-id", context.requestId);
    if (!response.headers.has("cache-control")) response.headers.set("cache-control", "no-store");
    return response;
  };
}

type Route = (context: RouteContext) => Promise<Response | null>;

const FAMILIES: readonly (readonly [prefix: string, route: Route])[] = [
  ["/api/ext-bundles/", bundleRoute],
  ["/api/v1/extensions/", v1Route],
  ["/api/extensions/", extensionRoute],
  ["/api/installs/", runnerRoute],
];

function findRoute(path: string): Route | null {
  return FAMILIES.find(([prefix]) => path.startsWith(prefix))?.[1] ?? null;
}
