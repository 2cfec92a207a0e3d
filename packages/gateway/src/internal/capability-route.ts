import { CodedError, type HostApi, type JsonValue } from "@alga-ext/protocol";
import { GatewayError, toErrorResponse } from "../errors.ts";
import type { HostCapability, HostCapabilityUser } from "../ports.ts";
import type { InternalRouteOptions } from "./install-config-route.ts";
import { readBody } from "./read-body.ts";
import { requestIdOf } from "./request-id.ts";
import { isUnauthorized, resolveHostCall } from "./resolve-host-call.ts";
import { toSchedulerCapability } from "./scheduler-capability.ts";

/** Status of every refusal of a capability's route (contract §1.8.4, and those of the scheduler). */
const REFUSALS = {
  INVALID_INPUT: 400,
  VALIDATION_FAILED: 400,
  UNAUTHORIZED: 401,
  NOT_ALLOWED: 403,
  NOT_FOUND: 404,
  RATE_LIMITED: 429,
  INTERNAL_ERROR: 500,
} as const satisfies Record<string, number>;
type RefusalCode = keyof typeof REFUSALS;

/** A request that is refused before it reaches the capability. */
class CapabilityRouteRefusal extends CodedError<RefusalCode> {
  static override readonly brand = "CapabilityRouteRefusal";

  constructor(code: RefusalCode, message: string) {
    super(code, REFUSALS[code], message);
  }
}

const MAX_BODY_BYTES = 1024 * 1024;
const ROUTE = /^[a-z][a-z0-9-]*$/;
const NO_STORE = { "cache-control": "no-store" } as const;

/**
 * The host's capabilities by route, the scheduler of its host API among them.
 *
 * @throws {TypeError} on a route that is malformed or taken
 */
export function toCapabilities(options: {
  readonly hostApi: HostApi;
  readonly capabilities?: readonly HostCapability[];
}): ReadonlyMap<string, HostCapability> {
  const scheduler = toSchedulerCapability(options.hostApi);
  const all = [...(scheduler === null ? [] : [scheduler]), ...(options.capabilities ?? [])];
  const byRoute = new Map<string, HostCapability>();
  for (const capability of all) {
    const { route } = capability;
    const isTaken = byRoute.has(route) || route === "storage" || route === "runner";
    if (!ROUTE.test(route) || isTaken)
      throw new TypeError(`The route of a capability is taken or malformed: ${route}.`);
    byRoute.set(route, capability);
  }
  return byRoute;
}

/**
 * `POST /api/internal/ext-{route}/install/{installId}` (contract §1.8.2–§1.8.4).
 *
 * An install whose grant was taken back mid-call loses the capability at once.
 */
export async function serveCapability(
  options: InternalRouteOptions & { readonly capability: HostCapability },
  request: Request,
  installId: string,
): Promise<Response> {
  const { capability } = options;
  if (request.method !== "POST") {
    const error = new GatewayError("method_not_allowed", "Only POST.", { details: { allow: "POST" } });
    return toErrorResponse(error, requestIdOf(request.headers));
  }
  try {
    const install = await resolveHostCall(options, request, installId);
    if (!install.providers.includes(capability.grant)) {
      throw new CapabilityRouteRefusal("NOT_ALLOWED", `${capability.grant} is not granted.`);
    }
    const body = await readObject(request);
    const answer = await capability.call({
      tenantId: install.tenantId,
      installId,
      extensionId: install.registryId,
      user: toUser(body["user"]),
      body,
    });
    return Response.json(answer.body, { status: answer.status, headers: NO_STORE });
  } catch (error) {
    return refuse(error, options);
  }
}

async function readObject(request: Request): Promise<{ readonly [field: string]: JsonValue }> {
  const bytes = await readBody(request, MAX_BODY_BYTES);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes ?? new Uint8Array()));
  } catch {
    throw new CapabilityRouteRefusal("INVALID_INPUT", "The body is not JSON.");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new CapabilityRouteRefusal("INVALID_INPUT", "The body is not an object.");
  return value as { readonly [field: string]: JsonValue };
}

function toUser(value: JsonValue | undefined): HostCapabilityUser | null {
  if (value === undefined || value === null) return null;
  const { userId, userType } = value as { readonly userId?: unknown; readonly userType?: unknown };
  if (typeof userId !== "string" || userId === "" || typeof userType !== "string")
    throw new CapabilityRouteRefusal("INVALID_INPUT", "user needs userId and userType.");
  return { userId, userType };
}

function refuse(
  error: unknown,
  { capability, logger }: InternalRouteOptions & { readonly capability: HostCapability },
): Response {
  const { code, message, details } = toRefusal(error);
  if (code === "INTERNAL_ERROR")
    logger.error("capability_failed", { route: capability.route, error: String(error) });
  const body = { error: message, code, ...(Object.keys(details).length > 0 ? { details } : {}) };
  return Response.json(body, { status: REFUSALS[code], headers: NO_STORE });
}

function toRefusal(error: unknown): {
  readonly code: RefusalCode;
  readonly message: string;
  readonly details: { readonly [key: string]: JsonValue };
} {
  if (error instanceof GatewayError) {
    const code = isUnauthorized(error) ? "UNAUTHORIZED" : "INVALID_INPUT";
    return { code, message: error.message, details: {} };
  }
  if (error instanceof CodedError && isRefusalCode(error.code) && error.code !== "INTERNAL_ERROR") {
    return { code: error.code, message: error.message, details: error.details };
  }
  return { code: "INTERNAL_ERROR", message: "The host failed.", details: {} };
}

function isRefusalCode(code: string): code is RefusalCode {
  return Object.hasOwn(REFUSALS, code);
}
