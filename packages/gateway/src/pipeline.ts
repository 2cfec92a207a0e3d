import { compileEndpoints, type EndpointMatcher } from "@alga-ext/manifest";
import type {
  ExecuteResponse,
  InstalledEndpoint,
  Principal,
  ResolvedInstall,
  Trigger,
} from "@alga-ext/protocol";
import { assertMayCall } from "./access-policy.ts";
import { GatewayError, toErrorResponse } from "./errors.ts";
import { assertTenantAgrees } from "./internal/assert-tenant-agrees.ts";
import { takePlace } from "./internal/take-place.ts";
import { buildInvocation } from "./internal/build-invocation.ts";
import { toLazyResponse, toResponse, type Answer } from "./internal/answer.ts";
import { openAuditRow } from "./internal/audit-row.ts";
import { callOnce } from "./internal/call-once.ts";
import { partsOf } from "./internal/call-parts.ts";
import { toCallTarget, type CallTarget } from "./internal/call-target.ts";
import { fingerprintOf } from "./internal/fingerprint.ts";
import { toGuestAnswer } from "./internal/guest-response.ts";
import { givenKeyOf } from "./internal/idempotency-key.ts";
import { invokeWithDeadline } from "./internal/invoke-with-deadline.ts";
import { overrideMethod } from "./internal/method-override.ts";
import type { OriginPolicy } from "./internal/origin-policy.ts";
import { readBody } from "./internal/read-body.ts";
import { requestIdOf } from "./internal/request-id.ts";
import { assertGuestAnswer } from "./internal/runner-outcome.ts";
import { validateBody } from "./internal/validate-body.ts";
import type { GatewayOptions } from "./options.ts";
import type { GatewayLogger, IdempotencyStore, RateLimiter } from "./ports.ts";
import type { CallWatch } from "./tracing-call.ts";
import type { Telemetry } from "./tracing.ts";

/** Everything a call needs, with defaults filled in. */
export interface PipelineOptions extends Pick<
  GatewayOptions,
  "authenticate" | "installs" | "invoker" | "audit" | "authorize" | "quota" | "debug"
> {
  readonly origins: OriginPolicy;
  readonly rateLimiter: RateLimiter;
  readonly idempotency: IdempotencyStore;
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
/** For calls that nobody can take back. */
const NEVER = new AbortController().signal;

/** Answer one request to `/api/ext/…` or `/api/ext-proxy/…`. Never rejects. */
export function handleCall(options: PipelineOptions, request: Request, url: URL): Promise<Response> {
  const watch = options.telemetry?.watch(request);
  return watch === undefined
    ? answerCall(options, request, url)
    : watchedCall({ ...options, watch }, request, url);
}

async function watchedCall(
  options: PipelineOptions & { readonly watch: CallWatch },
  request: Request,
  url: URL,
): Promise<Response> {
  const { watch } = options;
  const logger = watch.logger(options.logger);
  const watched = { ...options, logger, invoker: watch.invoker(options.invoker) };
  const response = await watch.run(() => answerCall(watched, request, url));
  watch.ended(response.status);
  return response;
}

async function answerCall(options: PipelineOptions, request: Request, url: URL): Promise<Response> {
  const requestId = requestIdOf(request.headers);
  const said = await serve(options, request, url, requestId).catch((error: unknown) => {
    options.watch?.failed(error);
    if (!(error instanceof GatewayError))
      options.logger.error("call_failed", { requestId, error: String(error) });
    return toErrorResponse(error, requestId);
  });
  // A preflight has said all it has to say.
  const more = request.method === "OPTIONS" ? {} : options.origins.headers(request);
  if (said instanceof Response) {
    said.headers.set("x-request-id", requestId);
    for (const [name, value] of Object.entries(more)) {
      if (name === "vary") said.headers.append(name, value);
      else said.headers.set(name, value);
    }
    return said;
  }
  const { vary, ...others } = more;
  const headers = Object.assign(said.headers, others, { "x-request-id": requestId });
  if (vary !== undefined) headers["vary"] = `${headers["vary"]}, ${vary}`;
  return partsOf(request) === undefined ? toResponse(said) : toLazyResponse(said);
}

async function serve(
  options: PipelineOptions,
  request: Request,
  url: URL,
  requestId: string,
): Promise<Response | Answer> {
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

  const method = request.method === "HEAD" ? "GET" : request.method;
  const givenKey = method === "GET" ? undefined : givenKeyOf(request.headers);
  const read = (): Promise<Uint8Array<ArrayBuffer> | null> => readBody(request, options.maxBodyBytes);
  return runCall(options, {
    requestId,
    principal,
    target,
    headers: request.headers,
    givenKey,
    repeatKey: givenKey ?? requestId,
    signal: request.signal,
    responseMethod: request.method,
    async shape() {
      const query = url.search === "" ? {} : Object.fromEntries(url.searchParams);
      // The iframe proxy may name its method inside a POST, so its body is read before the endpoint is known.
      if (target.surface === "ext-proxy" && method === "POST") {
        const contentType = request.headers.get("content-type");
        const shaped = overrideMethod({ method, query, body: await read(), contentType });
        return { ...shaped, readBody: async () => shaped.body };
      }
      return { method, query, readBody: method === "GET" ? async () => null : read };
    },
  });
}

/** One call, whoever makes it: what the steps that all calls go through are told. */
export interface Call {
  readonly requestId: string;
  /** As the host's own session proves it, or the host itself. */
  readonly principal: Principal;
  readonly target: CallTarget;
  /** Of these the guest sees the ones on the list. */
  readonly headers: Headers;
  /** The idempotency key that the caller chose, under which the call is made once; undefined when it chose none. */
  readonly givenKey: string | undefined;
  /** What runner and guest recognise a repetition by. */
  readonly repeatKey: string;
  readonly signal: AbortSignal;
  /** What the caller itself asked with: HEAD has no body, whatever the guest answers. */
  readonly responseMethod: string;
  /** Asked once there is an install to call. */
  shape(): Promise<CallShape>;
  /** Set for what no person asked for. */
  readonly trigger?: Trigger;
}

interface CallShape {
  /** What the guest will see. */
  readonly method: string;
  readonly query: Record<string, string>;
  /** Asked once the call is allowed; null is no body. */
  readBody(): Promise<Uint8Array<ArrayBuffer> | null>;
}

/**
 * The steps that every call goes through once it is known who makes it, in their order.
 *
 * @throws {GatewayError} of the step that refused; anything else is a port that failed.
 */
export async function runCall(options: PipelineOptions, call: Call): Promise<Answer> {
  const { principal, target } = call;
  // Resolve: absent, disabled and another tenant's are the same 404.
  const install = await options.installs.resolve({
    tenantId: principal.tenantId,
    extensionId: target.extensionId,
  });
  if (install === null || install.tenantId !== principal.tenantId) {
    throw new GatewayError("extension_not_available", "This extension is not installed here.");
  }

  // Match: what the installed version does not declare does not exist.
  const { method, query, readBody: readCallBody } = await call.shape();
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

  // Rate: before anything of the body is taken.
  const rate = await options.rateLimiter.take({ tenantId: install.tenantId, registryId: install.registryId });
  if (!rate.allowed) {
    const retryAfterS = Math.max(1, Math.ceil(rate.retryAfterMs / 1000));
    throw new GatewayError("rate_limited", "Too many calls; try again later.", { details: { retryAfterS } });
  }

  // Body, capped while it streams; against its schema, when the endpoint has one.
  const body = await readCallBody();
  const contentType = call.headers.get("content-type");
  validateBody(endpoint, { body, contentType });

  const plan: CallPlan = { install, endpoint, method, query, body };
  if (call.givenKey === undefined || method === "GET") {
    return (await carryOut(options, call, plan)).response;
  }
  // Once: under a key of the caller's own choosing the call is made once, and goes on when its caller is gone.
  const { tenantId, userId } = principal;
  const { installId } = install;
  const scope = { tenantId, userId, installId, method, path: target.path, key: call.givenKey };
  const fingerprint = await fingerprintOf({ query, contentType, body });
  const work = callOnce(options, { scope, fingerprint }, () =>
    carryOut(options, { ...call, signal: NEVER }, plan),
  );
  options.track(
    work.then(
      () => undefined,
      () => undefined,
    ),
  );
  const done = await work;
  if ("response" in done) return done.response;
  const replayed = toGuestAnswer(done.kept, call.responseMethod);
  replayed.headers["idempotency-replayed"] = "true";
  return replayed;
}

/** What a call that is allowed consists of. */
interface CallPlan {
  readonly install: ResolvedInstall;
  readonly endpoint: InstalledEndpoint;
  readonly method: string;
  readonly query: Record<string, string>;
  readonly body: Uint8Array<ArrayBuffer> | null;
}

async function carryOut(
  options: PipelineOptions,
  call: Call,
  { install, endpoint, method, query, body }: CallPlan,
): Promise<{ readonly answer: ExecuteResponse; readonly response: Answer }> {
  const { requestId, principal, target, headers } = call;
  // Quota: what was refused so far has used nothing up.
  const lease = await takePlace(options, install);

  // Audit: no row, no call. From here on every way out closes the row.
  const { path } = target;
  const opened = { requestId, principal, install, endpoint, method, path, lease };
  const row = await openAuditRow(options, opened);
  try {
    // Build and invoke; the invoker authenticates the call at its runner.
    const idempotencyKey = method === "GET" ? undefined : call.repeatKey;
    const { timeoutMs } = options;
    const { trigger } = call;
    const request = buildInvocation({
      requestId,
      principal,
      install,
      target,
      method,
      query,
      headers,
      body,
      idempotencyKey,
      timeoutMs,
      trigger,
    });
    const answer = await invokeWithDeadline(
      options.invoker,
      { request, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) },
      { guardMs: timeoutMs + GUARD_MS, clientSignal: call.signal },
    );
    row.collect(answer);

    // Respond: the runner's own failures by their code, the guest's answer through the header allowlist.
    assertGuestAnswer(answer);
    const response = toGuestAnswer(answer, call.responseMethod);
    row.close({ httpStatus: response.status });
    return { answer, response };
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
  assertTenantAgrees(request.headers, principal.tenantId);
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
