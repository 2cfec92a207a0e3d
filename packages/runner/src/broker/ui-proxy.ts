import { compileEndpoints, type EndpointPattern } from "@alga-ext/manifest";
import type { HostAnswer } from "../cells/cell.ts";
import type { WireValue } from "../frames/wire-value.ts";
import type { RunnerLogger, UiProxy } from "../ports.ts";
import { err, ok, text, type CapabilityInterface } from "./capability.ts";
import type { CallSession } from "./call-session.ts";

/** Routes of the host application that extensions may call, and who carries the calls. */
export interface UiProxyRoutes {
  readonly proxy: UiProxy;
  /** What may be called; anything else is `denied` before it leaves. `/api/tickets/:id` names one segment. */
  readonly routes: readonly EndpointPattern[];
}

const MAX_ROUTE_CHARS = 4_096;
const METHODS: ReadonlySet<string> = new Set(["GET", "POST", "PUT", "PATCH", "DELETE"]);
/** Path characters of RFC 3986, and escapes; nothing that a server on the way might read as a separator. */
const PATH = /^(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})+$/;
const REFUSED_ESCAPE = /%(?:2[EeFf5]|5[Cc]|[01][0-9A-Fa-f]|7[Ff])/;
/** What a URL parser leaves as it is. */
const QUERY = /^[\x21\x24-\x26\x28-\x3b\x3d\x3f-\x7e]*$/;

/** `alga:extension/ui-proxy`: routes of the host application, on behalf of the caller. */
export function createUiProxyInterface(
  routes: UiProxyRoutes | null,
  logger: Pick<RunnerLogger, "error">,
): CapabilityInterface {
  const isRoute = routes === null ? () => null : compileEndpoints(routes.routes);

  const call = async (
    session: CallSession,
    method: string,
    { route, payload }: { readonly route: WireValue; readonly payload: WireValue },
  ): Promise<HostAnswer> => {
    const { scope } = session;
    if (scope.tenantId === "" || scope.extensionId === "") return err("internal");
    const target = toTarget(text(route), scope.extensionId);
    if (target === null || !METHODS.has(method)) return err("bad-request");
    if (routes === null) return err("route-not-found");
    if (isRoute(method, target.path) === null) return err("denied");
    try {
      const { status, body } = await routes.proxy.call(
        scope,
        {
          method,
          path: `${target.path}${target.query}`,
          body: payload instanceof Uint8Array ? payload : null,
          user: session.user,
        },
        { signal: session.ending.signal },
      );
      return status >= 200 && status < 300 ? ok(body) : err(toProxyError(status));
    } catch (error) {
      logger.error("ui-proxy failed", {
        tenant: scope.tenantId,
        install: scope.installId,
        error: error instanceof Error ? error.message : String(error),
      });
      return err("internal");
    }
  };

  return {
    grant: "cap:ui.proxy",
    denied: () => err("denied"),
    functions: {
      callRoute: (session, [route, payload]) =>
        call(session, payload instanceof Uint8Array ? "POST" : "GET", { route, payload }),
      call: (session, [method, route, payload]) =>
        call(session, text(method).toUpperCase(), { route, payload }),
    },
  };
}

/** Path and query as they go out (contract §4.7); null for what could be read in two ways. */
function toTarget(route: string, extensionId: string): { path: string; query: string } | null {
  if (route.length > MAX_ROUTE_CHARS) return null;
  const trimmed = route.trim();
  const mark = trimmed.indexOf("?");
  const given = mark === -1 ? trimmed : trimmed.slice(0, mark);
  const query = mark === -1 || mark === trimmed.length - 1 ? "" : trimmed.slice(mark);
  if (!PATH.test(given) || REFUSED_ESCAPE.test(given) || !QUERY.test(query)) return null;
  const bare = given.replace(/^\//, "");
  // One slash at the end means nothing, as in endpoints.
  const segments = bare.replace(/\/$/, "").split("/");
  if (segments.some((segment) => segment === "" || segment === "." || segment === "..")) return null;
  const path = segments[0] === "api" ? `/${bare}` : `/${encodeURIComponent(extensionId)}/${bare}`;
  return { path, query };
}

/** Status map of contract §4.7; redirects are not followed. */
function toProxyError(status: number): string {
  if (status === 401 || status === 403 || status === 429) return "denied";
  if (status === 404) return "route-not-found";
  return status >= 400 && status < 500 ? "bad-request" : "internal";
}
