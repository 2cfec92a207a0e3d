import { timingSafeEqual, createHash } from "node:crypto";
import { wireErrorResponse, type Principal } from "@alga-ext/protocol";
import type { Clients } from "./clients.ts";
import { DEMO_USERS, toPrincipal, type DemoUser } from "./demo-users.ts";
import type { PortalExtension } from "./portal.ts";
import type { Sessions } from "./sessions.ts";

/** What the demo host needs from the outside. */
export interface AppOptions {
  readonly sessions: Sessions;
  readonly clients: Clients;
  /** What clients of a tenant may open. */
  readonly portalExtensions: (tenantId: string) => Promise<readonly PortalExtension[]>;
  /** Key with which `alga-ext publish` may publish. */
  readonly publisherApiKey: string;
  /** Browser-visible base of the runner, such as `http://127.0.0.1:3001`. */
  readonly runnerPublicBase: string;
}

/** A web-standard handler that answers null for paths that are not its own. */
export type Handler = (request: Request) => Promise<Response | null>;

/** The host app's own side: who is asking, and the few routes its UI needs. */
export interface App {
  authenticate(request: Request): Promise<Principal | null>;
  readonly fetch: Handler;
}

/** Create the part of the reference host that a real product already has: login and session. */
export function createApp(options: AppOptions): App {
  const { sessions, clients } = options;
  const userOf = (request: Request): DemoUser | null => {
    const email = sessions.read(request);
    const user = DEMO_USERS.find((one) => one.email === email);
    const client = clients.list(user?.tenantId ?? "").find(({ id }) => id === user?.client?.id);
    // A client may have another name by now.
    return user === undefined ? null : { ...user, ...(client === undefined ? {} : { client }) };
  };

  const publisher: Principal = {
    // Staged uploads belong to a tenant; a publisher is one of its own and has no installs.
    tenantId: "publisher:acme-labs",
    userId: "publisher:acme-labs",
    userType: "service",
    email: "",
    name: "Acme Labs publisher key",
    permissions: ["extension:publish"],
  };

  return {
    async authenticate(request) {
      const apiKey = request.headers.get("x-api-key");
      if (apiKey !== null) return sameSecret(apiKey, options.publisherApiKey) ? publisher : null;
      const user = userOf(request);
      return user === null ? null : toPrincipal(user);
    },

    async fetch(request) {
      const { pathname, origin } = new URL(request.url);
      const route = `${request.method} ${pathname}`;
      const unsafe = request.method !== "GET" && request.method !== "HEAD";
      const from = request.headers.get("origin");
      const site = request.headers.get("sec-fetch-site");
      const isForeign =
        (from !== null && from !== origin) || (site !== null && site !== "same-origin" && site !== "none");
      if (unsafe && isForeign && request.headers.has("cookie")) {
        return wireErrorResponse("forbidden", {
          message: "Requests that change something must come from this site.",
        });
      }
      switch (route) {
        case "GET /api/demo-users":
          return json(
            DEMO_USERS.map(({ email, password, name, role, tenantName, client }) => ({
              email,
              password,
              name,
              role,
              tenantName,
              clientName: client?.name ?? null,
            })),
          );
        case "GET /api/session": {
          const user = userOf(request);
          // Having no session is an ordinary answer here: the login page asks too.
          if (user === null) return json({ user: null, runnerPublicBase: options.runnerPublicBase });
          const { email, name, role, tenantId, tenantName, client } = user;
          return json({
            user: { email, name, role, tenantId, tenantName, clientName: client?.name ?? null },
            runnerPublicBase: options.runnerPublicBase,
          });
        }
        case "GET /api/clients": {
          const user = userOf(request);
          if (user?.role === "client") return wireErrorResponse("forbidden");
          return user === null ? wireErrorResponse("unauthenticated") : json(clients.list(user.tenantId));
        }
        case "POST /api/clients/rename": {
          const user = userOf(request);
          if (user === null) return wireErrorResponse("unauthenticated");
          if (user.role === "client") return wireErrorResponse("forbidden");
          const body = (await request.json().catch(() => null)) as { id?: unknown; name?: unknown } | null;
          const renamed = await clients.rename(user.tenantId, { id: body?.id, name: body?.name });
          if (renamed !== null) return json(renamed);
          return wireErrorResponse("invalid_request", {
            message: "A client needs a name of 1 to 120 characters.",
          });
        }
        case "GET /api/portal/extensions": {
          const user = userOf(request);
          if (user === null) return wireErrorResponse("unauthenticated");
          // The tenant's own people have the registry's API, which says more and asks for permissions.
          if (user.role !== "client") return wireErrorResponse("forbidden");
          return json(await options.portalExtensions(user.tenantId));
        }
        case "POST /login":
          return login(request, sessions);
        case "POST /logout":
          return new Response(null, { status: 204, headers: { "set-cookie": sessions.clear() } });
        default:
          return null;
      }
    },
  };
}

async function login(request: Request, sessions: Sessions): Promise<Response> {
  const body = (await request.json().catch(() => null)) as { email?: unknown; password?: unknown } | null;
  const user = DEMO_USERS.find((one) => one.email === body?.email);
  if (user === undefined || typeof body?.password !== "string" || !sameSecret(body.password, user.password)) {
    return wireErrorResponse("unauthenticated", { message: "Wrong email or password." });
  }
  return new Response(null, {
    status: 204,
    headers: { "set-cookie": sessions.issue(user.email), "cache-control": "no-store" },
  });
}

function json(value: unknown): Response {
  return Response.json(value, { headers: { "cache-control": "no-store" } });
}

function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
