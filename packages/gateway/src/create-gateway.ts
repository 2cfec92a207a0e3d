import type { Trigger, TriggerOutcome } from "@alga-ext/protocol";
import { DEBUG_STREAM_PATH, serveDebugStream } from "./debug/serve-debug-stream.ts";
import { createStreamPlaces } from "./debug/stream-places.ts";
import { createInstallCache } from "./install-cache.ts";
import { serveCommunityEdition } from "./internal/community-edition.ts";
import { surfaceOf } from "./internal/call-target.ts";
import { serveInstallConfig } from "./internal/install-config-route.ts";
import { serveCapability, toCapabilities } from "./internal/capability-route.ts";
import { toBasePath, toUrlBelow } from "./internal/mount-path.ts";
import { createRetryingInvoker } from "./internal/retrying-invoker.ts";
import { serveRunnerProxy } from "./internal/runner-proxy.ts";
import { toOriginPolicy } from "./internal/origin-policy.ts";
import { toRunnerGuard } from "./internal/runner-guard.ts";
import { serveStorage } from "./internal/storage-route.ts";
import { serveUiGate } from "./internal/ui-gate.ts";
import { invokeTrigger } from "./invoke-trigger.ts";
import { createMemoryIdempotency } from "./memory-idempotency.ts";
import type { GatewayOptions, GatewayRoute } from "./options.ts";
import { handleCall, type PipelineOptions } from "./pipeline.ts";
import type { GatewayLogger } from "./ports.ts";
import { createTokenBucket } from "./token-bucket.ts";
import { createTelemetry } from "./tracing.ts";

/** The one door between a host app and its extensions. */
export interface Gateway {
  /** Answer a request; null when the path is not one of the gateway's. */
  fetch(request: Request): Promise<Response | null>;
  /**
   * Make a call that no person asked for: an event, a schedule. Same install, endpoint, policy, limits, log and runner
   * as every call; the answer to it is not kept for repetitions. Never rejects; aborting `signal` cancels it.
   */
  invoke(trigger: Trigger, options?: { readonly signal?: AbortSignal }): Promise<TriggerOutcome>;
  /** End debug streams and wait for log rows that are still being written. Does not close what was passed in. */
  close(): Promise<void>;
}

const NEVER = new AbortController().signal;
const SILENT: GatewayLogger = { warn() {}, error() {} };
const INSTALL_CONFIG = "/api/internal/ext-runner/install-config";
const STORAGE = "/api/internal/ext-storage/install/";
const CAPABILITY = /^\/api\/internal\/ext-([a-z][a-z0-9-]*)\/install\/([^/]+)$/;

/**
 * Create a gateway: `/api/ext/…` and `/api/ext-proxy/…` for callers, `/ext-ui/…` as a signpost to the runner, and
 * `/api/internal/ext-*` for the runner.
 *
 * @throws {TypeError} on a runner token or an origin that cannot be meant, or a capability's route that is taken.
 *
 * @example
 * const gateway = createGateway({ authenticate, installs, invoker, calls, hostApi, audit, runnerAuthToken });
 * createServer(toNodeHandler((request) => gateway.fetch(request))).listen(3000);
 */
export function createGateway(options: GatewayOptions): Gateway {
  const { clock = Date.now, routes = {}, edition = "enterprise" } = options;
  const basePath = toBasePath(options.basePath ?? "");
  const has = (route: GatewayRoute): boolean => routes[route] ?? route !== "runner";
  const pending = new Set<Promise<void>>();
  const logger = options.logger ?? SILENT;
  const guard = toRunnerGuard(options.runnerAuthToken);
  const telemetry = createTelemetry(options);
  const pipeline: PipelineOptions = {
    ...options,
    telemetry,
    installs: createInstallCache({
      installs: options.installs,
      ttlMs: options.installCacheMs ?? 1000,
      clock,
    }),
    invoker: createRetryingInvoker(options.invoker),
    idempotency: options.idempotency ?? createMemoryIdempotency({ clock }),
    origins: toOriginPolicy(options.allowedOrigins ?? []),
    rateLimiter: options.rateLimiter ?? createTokenBucket(),
    timeoutMs: options.timeoutMs ?? 30_000,
    maxBodyBytes: options.maxBodyBytes ?? 10 * 1024 * 1024,
    logger,
    clock,
    track(work) {
      pending.add(work);
      void work.finally(() => pending.delete(work));
    },
  };
  // The runner's questions are about calls under way: where nothing tells of a change, they are not answered from memory.
  const isTold = options.installs.revision !== undefined;
  const installs = isTold ? pipeline.installs : options.installs;
  const internal = { ...options, installs, logger, clock, guard };
  const capabilities = toCapabilities(options);
  const places = createStreamPlaces(options.debugStream?.maxStreamsPerTenant ?? 20);
  const asHostCall = (
    route: string,
    request: Request,
    serve: (parts: typeof internal) => Promise<Response>,
  ): Promise<Response> => {
    if (telemetry === undefined) return serve(internal);
    const call = { request, route, logger, isRunner: () => guard(request) };
    return telemetry.hostCall(call, (traced) => serve({ ...internal, logger: traced }));
  };
  const uiGate = {
    ...pipeline,
    mode: options.uiGate ?? "redirect",
    runnerPublicBase: options.runnerPublicBase,
  };
  const runnerProxy = {
    base: options.runnerUiBase ?? options.runnerPublicBase,
    timeoutMs: pipeline.timeoutMs,
    prefix: basePath,
    logger,
  };
  const serveInternal = (request: Request, pathname: string): Promise<Response> | null => {
    if (pathname === INSTALL_CONFIG) {
      return asHostCall("runner/install-config", request, (parts) => serveInstallConfig(parts, request));
    }
    if (pathname.startsWith(STORAGE)) {
      const id = pathname.slice(STORAGE.length);
      return asHostCall("storage", request, (parts) => serveStorage(parts, request, id));
    }
    const [, route = "", installId = ""] = CAPABILITY.exec(pathname) ?? [];
    const capability = capabilities.get(route);
    if (capability === undefined) return null;
    return asHostCall(route, request, (parts) =>
      serveCapability({ ...parts, capability }, request, installId),
    );
  };

  return {
    async fetch(request) {
      const url = toUrlBelow(request, basePath);
      if (url === null) return null;
      const { pathname } = url;
      if (edition === "community") return serveCommunityEdition(pathname);
      const surface = surfaceOf(pathname);
      if (surface !== null && has(surface === "ext" ? "ext" : "extProxy"))
        return handleCall(pipeline, request, url);
      if (pathname === DEBUG_STREAM_PATH && options.debug !== undefined && has("debug")) {
        const { debug, debugStream = {} } = options;
        return serveDebugStream({ ...pipeline, debug, debugStream, places }, request, url);
      }
      if (pathname.startsWith("/ext-ui/") && has("extUi")) return serveUiGate(uiGate, request, url);
      if (pathname.startsWith("/runner/") && has("runner")) {
        const path = pathname.slice("/runner".length);
        return serveRunnerProxy(runnerProxy, request, { path, search: url.search });
      }
      if (has("internal")) {
        const answer = serveInternal(request, pathname);
        if (answer !== null) return answer;
      }
      if (options.registry === undefined || !has("registry")) return null;
      return options.registry(basePath === "" ? request : new Request(url, request));
    },
    async invoke(trigger, { signal = NEVER } = {}) {
      if (edition === "enterprise") return invokeTrigger(pipeline, trigger, signal);
      return {
        ok: false,
        code: "EE_REQUIRED",
        message: "Extensions are not part of this edition.",
        retryable: false,
      };
    },
    async close() {
      places.close();
      await Promise.allSettled(pending);
    },
  };
}
