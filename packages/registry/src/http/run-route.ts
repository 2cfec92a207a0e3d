import { createHash, timingSafeEqual } from "node:crypto";
import type { JsonSchema } from "@alga-ext/manifest";
import type { Permission } from "@alga-ext/protocol";
import { RegistryError } from "../errors.ts";
import { assertSameSite } from "./assert-same-site.ts";
import { auditCall } from "./audit-call.ts";
import { authorize, identify } from "./caller.ts";
import { checkInput, readQuery } from "./check-input.ts";
import { readJsonBody } from "./parse-json.ts";
import type { RateLimiter } from "./rate-limiter.ts";
import type { Access, Caller, Route } from "./route.ts";
import type { RouteContext } from "./route-context.ts";
import { COMPONENTS } from "./schemas/components.ts";

/**
 * Take a request through its route: who asks, how often, whether it makes sense, then what it is for.
 *
 * @throws {RegistryError} `unauthenticated`, `forbidden`, `tenant_mismatch`, `rate_limited`, `invalid_request`, … and
 * all that the verb throws
 */
export async function runRoute(
  route: Route,
  params: Readonly<Record<string, string>>,
  context: RouteContext,
  rateLimiter: RateLimiter,
): Promise<Response> {
  const caller = await admit(route, context);
  if (caller === null) return serve(route, { params, context, caller });
  let error: unknown = null;
  try {
    if (isPermission(route.access)) authorize(caller.principal, route.access);
    if (route.isLimited) await limit(caller, rateLimiter);
    return await serve(route, { params, context, caller });
  } catch (thrown) {
    error = thrown;
    throw thrown;
  } finally {
    await auditCall(context, { route, caller, params, error });
  }
}

function isPermission(access: Access): access is Permission {
  return access.startsWith("extension:");
}

async function limit({ tenantId, actor }: Caller, rateLimiter: RateLimiter): Promise<void> {
  const retryAfterMs = await rateLimiter.take(JSON.stringify([tenantId, actor]));
  if (retryAfterMs <= 0) return;
  throw new RegistryError("rate_limited", "Too many requests. Wait, then try again.", {
    details: { retryAfterMs },
    retryable: true,
  });
}

async function serve(
  route: Route,
  {
    params,
    context,
    caller,
  }: {
    readonly params: Readonly<Record<string, string>>;
    readonly context: RouteContext;
    readonly caller: Caller | null;
  },
): Promise<Response> {
  for (const [name, schema] of Object.entries(route.params)) {
    checkInput({ type: "object", properties: { [name]: schema } }, { [name]: params[name] }, "path");
  }
  const query = route.query === null ? {} : readQuery(route.query, context.url.searchParams);
  const body = route.body === null || route.body === "bytes" ? null : await readJsonBody(context.request);
  const bodySchema = bodySchemaOf(route);
  if (bodySchema !== null) checkInput(bodySchema, body, "body");
  const call = { ...context, ...caller, params, query, body };
  return toResponse(route, await route.handle(call as never));
}

async function admit(route: Route, context: RouteContext): Promise<Caller | null> {
  const { request, options, url } = context;
  assertSameSite(request, url, options.trustedOrigins ?? []);
  switch (route.access) {
    case "public":
    case "identity-token":
      return null;
    case "runner":
      if (sameText(request.headers.get("x-api-key") ?? "", options.runnerApiKey)) return null;
      throw new RegistryError("unauthenticated", "Send the runners' key as x-api-key.");
    default: {
      const principal = await identify(request, options);
      return { principal, tenantId: principal.tenantId, actor: principal.userId };
    }
  }
}

const BODY_SCHEMAS = new WeakMap<Route, JsonSchema>();

// With the components it refers to; one object per route, by which compiled patterns are remembered.
function bodySchemaOf(route: Route): JsonSchema | null {
  if (route.body === null || route.body === "bytes") return null;
  const known = BODY_SCHEMAS.get(route);
  if (known !== undefined) return known;
  const schema = { ...route.body, $defs: COMPONENTS };
  BODY_SCHEMAS.set(route, schema);
  return schema;
}

function toResponse(route: Route, answer: unknown): Response {
  const response =
    answer instanceof Response
      ? answer
      : route.answer === null
        ? new Response(null, { status: route.status })
        : Response.json(answer, { status: route.status });
  for (const [name, value] of Object.entries(route.headers)) {
    if (!response.headers.has(name)) response.headers.set(name, value);
  }
  return response;
}

/** Compares digests, so that neither content nor length shows in the time taken. */
function sameText(left: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
