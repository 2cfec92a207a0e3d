import { compileEndpoints, type EndpointMatcher } from "@alga-ext/manifest";
import type { InstalledEndpoint, Principal, ResolvedInstall } from "@alga-ext/protocol";
import { assertMayCall } from "./access-policy.ts";
import { GatewayError, toErrorResponse } from "./errors.ts";
import { takePlace } from "./internal/take-place.ts";
import { buildInvocation } from "./internal/build-invocation.ts";
import { openAuditRow } from "./internal/audit-row.ts";
import { toCallTarget } from "./internal/call-target.ts";
import { toGuestResponse } from "./internal/guest-response.ts";
import { idempotencyKeyOf } from "./internal/idempotency-key.ts";
import { invokeWithDeadline } from "./internal/invoke-with-deadline.ts";
import { overrideMethod } from "./internal/method-override.ts";
import type { OriginPolicy } from "./internal/origin-policy.ts";
import { readBody } from "./internal/read-body.ts";
import { requestIdOf } from "./internal/request-id.ts";
import { assertGuestAnswer } from "./internal/runner-outcome.ts";
import type { GatewayOptions } from "./options.ts";
import type { GatewayLogger, RateLimiter } from "./ports.ts";
import type { CallWatch } from "./tracing-call.ts";
import type { Telemetry } from "./tracing.ts";

/** Everything a call needs, with defaults filled in. */
export interface PipelineOptions extends Pick<
  GatewayOptions,
  "authenticate" | "installs" | "invoker" | "audit" | "authorize" | "quota" | "debug"
> {
  readonly origins: OriginPolicy;
  readonly rateLimiter: RateLimiter;
  readonly timeoutMs: number;
  readonly maxBodyBytes: number;
  readonly logger: GatewayLogger;
  readonly clock: () => number;
  /** Absent when nobody traces or measures. */
  readonly telemetry?: Telemetry | undefined;
  /** Of one call. */
  readonly watch?: CallWatch;
  /** Keep work that outlives its response, so that closing waits for it. */
  readonly track: (work: Promise<void>) => void;
}

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]);
const ALLOW = [...METHODS, "OPTIONS"].join(", ");
/** The runner ends a call at its deadline; the gateway gives it this much longer to say so. */
const GUARD_MS = 1500;

/** Answer one request to `/api/ext/…` or `/api/ext-proxy/…`. Never rejects. */
export async function handleCall(options: PipelineOptions, request: Request, url: URL): Promise<Response> {
  const watch = options.telemetry?.watch(request);
  if (watch === undefined) return answerCall(options, request, url);
  const logger = watch.logger(options.logger);
  const watched = { ...options, watch, logger, invoker: watch.invoker(options.invoker) };
  const response = await watch.run(() => answerCall(watched, request, url));
  watch.ended(response.status);
  return response;
}

async function answerCall(options: PipelineOptions, request: Request, url: URL): Promise<Response> {
  const requestId = requestIdOf(request.headers);
  const response = await serve(options, request, url, requestId).catch((error: unknown) => {
    options.watch?.failed(error);
    if (!(error instanceof GatewayError))
      options.logger.error("call_failed", { requestId, error: String(error) });
    return toErrorResponse(error, requestId);
  });
  response.headers.set("x-request-id", requestId);
  // A preflight has said all it has to say.
  if (request.method === "OPTIONS") return response;
  for (const [name, value] of Object.entries(options.origins.headers(request))) {
    if (name === "vary") response.headers.append(name, value);
    else response.headers.set(name, value);
  }
  return response;
}

async function serve(
  options: PipelineOptions,
  request: Request,
  url: URL,
  requestId: string,
): Promise<Response> {
  // Normalise: one reading of the path, used for access and routing alike.
  const target = toCallTarget(url.pathname);
  if (request.method === "OPTIONS") {
    return options.origins.preflight(request, target.surface === "ext" ? 180 : 120);
  }
  if (!METHODS.has(request.method)) {
    throw new GatewayError("method_not_allowed", "Extensions take no such method.", {
      details: { allow: ALLOW },
    });
  }

  // Authenticate: the host's session says who it is; a browser must not be made to act by another site.
  const principal = await authenticate(options, request);
  options.origins.refuseCrossSite(request, url);

  // Resolve: absent, disabled and another tenant's are the same 404.
  const install = await options.installs.resolve({
    tenantId: principal.tenantId,
    extensionId: target.extensionId,
  });
  if (install === null || install.tenantId !== principal.tenantId) {
    throw new GatewayError("extension_not_available", "This extension is not installed here.");
  }

  // The iframe proxy may name its method inside a POST, so its body is read before the endpoint is known.
  let method = request.method === "HEAD" ? "GET" : request.method;
  let query = Object.fromEntries(url.searchParams);
  let body: Uint8Array<ArrayBuffer> | null | undefined = method === "GET" ? null : undefined;
  if (target.surface === "ext-proxy" && method === "POST") {
    body = await readBody(request, options.maxBodyBytes);
    const contentType = request.headers.get("content-type");
    ({ method, query, body } = overrideMethod({ method, query, body, contentType }));
  }

  // Match: what the installed version does not declare does not exist.
  const endpoint = matcherOf(install)(method, target.path)?.endpoint;
  if (endpoint === undefined) {
    throw new GatewayError("endpoint_not_found", "The installed version declares no such endpoint.");
  }

  options.watch?.matched(install, endpoint, method);

  // Authorize: the built-in rules, then the host's own, which can only narrow.
  assertMayCall(principal, install, method);
  const policy = { principal, install, endpoint, method, path: target.path };
  if (options.authorize !== undefined && !(await options.authorize(policy))) {
    throw new GatewayError("forbidden", "You may not call this.");
  }

  // Rate, then quota: what is refused for its pace uses nothing up.
  const rate = await options.rateLimiter.take({ tenantId: install.tenantId, registryId: install.registryId });
  if (!rate.allowed) {
    const retryAfterS = Math.max(1, Math.ceil(rate.retryAfterMs / 1000));
    throw new GatewayError("rate_limited", "Too many calls; try again later.", { details: { retryAfterS } });
  }
  const lease = await takePlace(options, install);

  // Audit: no row, no call. From here on every way out closes the row.
  const row = await openAuditRow(options, {
    requestId,
    principal,
    install,
    endpoint,
    method,
    path: target.path,
    lease,
  });
  try {
    // Body, capped while it streams.
    // `null` is an override that left no body; only `undefined` has not been read yet.
    if (body === undefined) body = await readBody(request, options.maxBodyBytes);

    // Build and invoke.
    const idempotencyKey = method === "GET" ? undefined : idempotencyKeyOf(request.headers, requestId);
    const { timeoutMs } = options;
    const invocation = buildInvocation({
      requestId,
      principal,
      install,
      target,
      method,
      query,
      headers: request.headers,
      body,
      idempotencyKey,
      timeoutMs,
    });
    const answer = await invokeWithDeadline(
      options.invoker,
      { request: invocation, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) },
      { guardMs: timeoutMs + GUARD_MS, clientSignal: request.signal },
    );
    row.collect(answer);

    // Respond: the runner's own failures by their code, the guest's answer through the header allowlist.
    assertGuestAnswer(answer);
    const response = toGuestResponse(answer, request.method);
    row.close({ httpStatus: response.status });
    return response;
  } catch (error) {
    row.fail(error);
    throw error;
  }
}

async function authenticate(options: PipelineOptions, request: Request): Promise<Principal> {
  const principal = await options.authenticate(request);
  if (principal === null || principal.userId === "")
    throw new GatewayError("unauthenticated", "Log in first.");
  if (principal.tenantId === "")
    throw new GatewayError("missing_tenant", "The session belongs to no tenant.");
  // These headers never set the tenant; they may only agree with the session.
  for (const name of ["x-alga-tenant", "x-tenant-id"]) {
    const claimed = request.headers.get(name);
    if (claimed !== null && claimed !== principal.tenantId) {
      throw new GatewayError("tenant_mismatch", `Header ${name} names another tenant than the session.`);
    }
  }
  return principal;
}

const matchers = new WeakMap<readonly InstalledEndpoint[], EndpointMatcher<InstalledEndpoint>>();

function matcherOf(install: ResolvedInstall): EndpointMatcher<InstalledEndpoint> {
  let matcher = matchers.get(install.endpoints);
  if (matcher === undefined) {
    matcher = compileEndpoints(install.endpoints);
    matchers.set(install.endpoints, matcher);
  }
  return matcher;
}
