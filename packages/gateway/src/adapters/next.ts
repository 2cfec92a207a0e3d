import { wireErrorResponse } from "@alga-ext/protocol";

/** A route handler of the Next.js App Router. */
export type NextRouteHandler = (request: Request) => Promise<Response>;

/** What a `route.ts` exports: one handler for each method that extensions may declare. */
export type NextHandlers = {
  readonly [Method in "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS"]: NextRouteHandler;
};

/**
 * Serve a gateway from a catch-all route of the Next.js App Router, such as `app/api/[...alga]/route.ts`.
 *
 * What is none of its paths is 404 `not_found`: a route of the App Router has nobody to pass it on to.
 *
 * @example
 * export const runtime = "nodejs";
 * export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = toNextHandlers(gateway);
 */
export function toNextHandlers(gateway: {
  readonly fetch: (request: Request) => Response | null | Promise<Response | null>;
}): NextHandlers {
  const handler: NextRouteHandler = async (request) =>
    (await gateway.fetch(request)) ?? wireErrorResponse("not_found");
  return {
    GET: handler,
    HEAD: handler,
    POST: handler,
    PUT: handler,
    PATCH: handler,
    DELETE: handler,
    OPTIONS: handler,
  };
}
