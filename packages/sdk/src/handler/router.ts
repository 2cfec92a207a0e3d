import type { ExecuteRequest, ExecuteResponse, Handler, HostBindings } from "../ports.ts";
import { jsonResponse } from "./responses.ts";

/** What a route gets besides the request. */
export interface RouteArguments {
  readonly request: ExecuteRequest;
  readonly host: HostBindings;
  /** Values of the `:name` segments, percent-decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** Query parameters; the last of several equal names wins. */
  readonly query: Readonly<Record<string, string>>;
}

/** Answers one route. */
export type RouteHandler = (route: RouteArguments) => Promise<ExecuteResponse> | ExecuteResponse;

/** Registers a route; paths are as in `manifest.json`: `/agreements/:id`. */
export type AddRoute = (path: string, handler: RouteHandler) => Router;

/** A small router; the first route that matches answers. */
export interface Router {
  readonly get: AddRoute;
  readonly post: AddRoute;
  readonly put: AddRoute;
  readonly patch: AddRoute;
  readonly delete: AddRoute;
  /** What the extension's module exports. */
  readonly handler: Handler;
}

interface Route {
  readonly method: string;
  readonly segments: readonly string[];
  readonly handler: RouteHandler;
}

/**
 * A router whose `handler` is an extension's handler. HEAD is answered as GET; no route is 404 `not_found`, a known
 * path with another method 405 `method_not_allowed`.
 *
 * @example
 * export const { handler } = createRouter().get("/hello/:name", ({ params }) => jsonResponse({ hello: params.name }));
 */
export function createRouter(): Router {
  const routes: Route[] = [];
  const add =
    (method: string): AddRoute =>
    (path, handler) => {
      routes.push({ method, segments: toSegments(path), handler });
      return router;
    };
  const router: Router = {
    get: add("GET"),
    post: add("POST"),
    put: add("PUT"),
    patch: add("PATCH"),
    delete: add("DELETE"),
    handler: (request, host) => dispatch(routes, request, host),
  };
  return router;
}

function dispatch(
  routes: readonly Route[],
  request: ExecuteRequest,
  host: HostBindings,
): Promise<ExecuteResponse> | ExecuteResponse {
  const { url } = request.http;
  const queryAt = url.indexOf("?");
  const segments = toSegments(queryAt < 0 ? url : url.slice(0, queryAt));
  const method = request.http.method === "HEAD" ? "GET" : request.http.method;
  const allowed: string[] = [];
  for (const route of routes) {
    const params = matchSegments(route.segments, segments);
    if (params === null) continue;
    if (route.method === method) {
      const query = queryAt < 0 ? {} : Object.fromEntries(new URLSearchParams(url.slice(queryAt + 1)));
      return route.handler({ request, host, params, query });
    }
    allowed.push(route.method);
  }
  if (allowed.length === 0) return jsonResponse({ error: "not_found" }, { status: 404 });
  return jsonResponse(
    { error: "method_not_allowed" },
    { status: 405, headers: [{ name: "allow", value: allowed.join(", ") }] },
  );
}

/** Segments of a path; leading and trailing slashes do not count. */
function toSegments(path: string): string[] {
  return path.replace(/^\/+|\/+$/g, "").split("/");
}

function matchSegments(
  pattern: readonly string[],
  segments: readonly string[],
): Record<string, string> | null {
  if (pattern.length !== segments.length) return null;
  const params: Record<string, string> = {};
  for (const [index, literal] of pattern.entries()) {
    const segment = segments[index] as string;
    if (!literal.startsWith(":")) {
      if (literal !== segment) return null;
      continue;
    }
    if (segment === "") return null;
    params[literal.slice(1)] = percentDecoded(segment);
  }
  return params;
}

function percentDecoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
