import { validateAgainst, type JsonSchema } from "@alga-ext/manifest";
import type { JsonValue, Principal } from "@alga-ext/protocol";
import { createRegistryHandler } from "../../http/create-registry-handler.ts";
import { createRouteFinder } from "../../http/find-route.ts";
import type { RegistryHandlerOptions } from "../../http/route-context.ts";
import { ROUTES } from "../../http/route-table.ts";
import type { Route } from "../../http/route.ts";
import { COMPONENTS } from "../../http/schemas/components.ts";
import type { Registry } from "../../registry.ts";
import { newTenant, principalOf } from "./world.ts";

/** What runners send in these tests. */
export const RUNNER_API_KEY = "runner-key-of-this-test";

/** A response that was read and found to be as its route describes it. */
export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
}

/** What {@link HttpClient.send} takes besides what `fetch` does. */
export type SendInit = RequestInit & { readonly as?: string };

/** Calls the routes of a world's registry as one of a few people. */
export interface HttpClient {
  /** `publisher`, `admin`, `member`, `nobody`, `client` of one tenant; `rival` and `stranger` of others. */
  readonly people: Record<string, Principal>;
  handle(request: Request): Promise<Response | null>;
  send(path: string, init?: SendInit): Promise<Answer>;
  json(path: string, body: unknown, as?: string, method?: string): Promise<Answer>;
}

/** Operations that answered with success somewhere in this run. */
export const ANSWERED = new Set<string>();

const findRoute = createRouteFinder(ROUTES);

/** Make a client whose every answer is checked against the schema of its route. */
export function createHttpClient(
  registryOf: () => Registry,
  options: Partial<RegistryHandlerOptions> = {},
): HttpClient {
  const tenant = newTenant();
  const people: Record<string, Principal> = {
    publisher: principalOf(tenant, ["extension:publish"]),
    rival: principalOf(newTenant(), ["extension:publish"]),
    admin: principalOf(tenant, ["extension:read", "extension:write", "extension:manage"]),
    owner: principalOf(tenant, [
      "extension:read",
      "extension:write",
      "extension:manage",
      "extension:publish",
    ]),
    stranger: principalOf(newTenant(), ["extension:read", "extension:write", "extension:manage"]),
    member: principalOf(tenant, ["extension:read", "extension:write"]),
    nobody: principalOf(tenant, []),
    client: {
      ...principalOf(tenant, ["extension:read", "extension:manage", "extension:publish"]),
      userType: "client",
    },
  };
  const handle = (request: Request) =>
    createRegistryHandler(registryOf(), {
      authenticate: async ({ headers }) => people[headers.get("x-test-user") ?? ""] ?? null,
      runnerApiKey: RUNNER_API_KEY,
      ...options,
    })(request);
  const send = async (path: string, { as, ...init }: SendInit = {}): Promise<Answer> => {
    const headers = new Headers(init.headers);
    if (as !== undefined) headers.set("x-test-user", as);
    const request = new Request(`http://localhost${path}`, { ...init, headers });
    const response = await handle(request);
    if (response === null) throw new Error("not a route of the registry");
    return readAnswer(request, response);
  };
  return {
    people,
    handle,
    send,
    json: (path, body, as = "publisher", method = "POST") =>
      send(path, { as, method, body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  };
}

/** Read a response; fails when it is not as its route describes it. */
export async function readAnswer(request: Request, response: Response): Promise<Answer> {
  const { status, headers } = response;
  const found = findRoute(new URL(request.url).pathname);
  const route =
    found?.methods.get(request.method as Route["method"]) ?? [...(found?.methods.values() ?? [])][0];
  if (route === undefined) throw new Error("no route describes this");
  const isSuccess = response.ok && request.method === route.method;
  if (isSuccess) {
    if (status !== route.status)
      throw new Error(`${route.operationId} answered ${status}, not ${route.status}`);
    ANSWERED.add(route.operationId);
    if (route.answer === null || typeof route.answer === "string") {
      const media = headers.get("content-type");
      if (media !== route.answer) throw new Error(`${route.operationId} answered ${media}`);
      return { status, headers, body: {} };
    }
  }
  const text = await response.text();
  const body = (text === "" ? null : JSON.parse(text)) as JsonValue;
  const schema = isSuccess ? (route.answer as JsonSchema) : route.errors.schema;
  if (text !== "") assertDescribed(route.operationId, schema, body);
  return { status, headers, body: body as Record<string, unknown> };
}

function assertDescribed(name: string, schema: JsonSchema, body: JsonValue): void {
  const root = typeof schema === "object" ? { ...schema, $defs: COMPONENTS } : schema;
  const problems = validateAgainst(root, body);
  if (problems.length === 0) return;
  throw new Error(`${name}: ${JSON.stringify(problems, null, 1)} in ${JSON.stringify(body).slice(0, 2000)}`);
}
