import { randomUUID } from "node:crypto";
import type { Registry } from "../registry.ts";
import { toFailure } from "./failure.ts";
import { createRouteFinder } from "./find-route.ts";
import { createWindowLimiter } from "./rate-limiter.ts";
import type { Route } from "./route.ts";
import type { RegistryHandlerOptions, RouteContext } from "./route-context.ts";
import { ROUTES } from "./route-table.ts";
import { runRoute } from "./run-route.ts";

const REQUEST_ID = /^[A-Za-z0-9._:-]{1,128}$/;

/**
 * The registry's HTTP routes as one function of a request; null when the path is not its own.
 *
 * Another tenant's ids answer exactly as unknown ones do.
 *
 * @throws {TypeError} at once when `runnerApiKey` is empty, or a trusted origin is no origin.
 */
export function createRegistryHandler(
  registry: Registry,
  options: RegistryHandlerOptions,
): (request: Request) => Promise<Response | null> {
  if (options.runnerApiKey === "") throw new TypeError("runnerApiKey must not be empty.");
  for (const origin of options.trustedOrigins ?? []) {
    if (!URL.canParse(origin) || new URL(origin).origin !== origin) {
      throw new TypeError(`${origin} is no origin such as https://admin.example.com.`);
    }
  }
  const findRoute = createRouteFinder(ROUTES);
  const rateLimiter = options.rateLimiter ?? createWindowLimiter();
  return async (request) => {
    const url = new URL(request.url);
    const found = findRoute(url.pathname);
    if (found === null) return null;
    const given = request.headers.get("x-request-id") ?? "";
    const requestId = REQUEST_ID.test(given) ? given : randomUUID();
    const context: RouteContext = { registry, options, request, url, requestId };
    const route = found.methods.get((request.method === "HEAD" ? "GET" : request.method) as Route["method"]);
    const response =
      route === undefined
        ? answerOtherMethod(found.methods, context)
        : await runRoute(route, found.params, context, rateLimiter).catch((error: unknown) =>
            toErrorResponse(route, error, context),
          );
    response.headers.set("x-request-id", requestId);
    if (!response.headers.has("cache-control")) response.headers.set("cache-control", "no-store");
    // Nothing here is a page, whatever a browser makes of it.
    response.headers.set("x-content-type-options", "nosniff");
    if (request.method !== "HEAD") return response;
    await response.body?.cancel();
    return new Response(null, response);
  };
}

function toErrorResponse(route: Route, error: unknown, context: RouteContext): Response {
  const failure = toFailure(error, context);
  const response = route.errors.render(failure, context.requestId);
  const { retryAfterMs } = failure.details;
  if (typeof retryAfterMs === "number") {
    response.headers.set("retry-after", `${Math.max(1, Math.ceil(retryAfterMs / 1000))}`);
  }
  return response;
}

function answerOtherMethod(
  methods: ReadonlyMap<Route["method"], Route>,
  { request, requestId }: RouteContext,
): Response {
  const allow = [...methods.keys(), ...(methods.has("GET") ? ["HEAD"] : []), "OPTIONS"].join(", ");
  const [route] = methods.values();
  const isOptions = request.method === "OPTIONS" || route === undefined;
  const failure = {
    code: "method_not_allowed",
    status: 405,
    message: `This path takes ${allow}.`,
    details: {},
  };
  const response = isOptions ? new Response(null, { status: 204 }) : route.errors.render(failure, requestId);
  response.headers.set("allow", allow);
  return response;
}
