import { DEBUG_STREAM_PATH, serveDebugStream } from "./debug/serve-debug-stream.ts";
import { createStreamPlaces } from "./debug/stream-places.ts";
import { isCallPath } from "./internal/call-target.ts";
import { serveInstallConfig } from "./internal/install-config-route.ts";
import { serveCapability, toCapabilities } from "./internal/capability-route.ts";
import { toOriginPolicy } from "./internal/origin-policy.ts";
import { toRunnerGuard } from "./internal/runner-guard.ts";
import { serveStorage } from "./internal/storage-route.ts";
import { serveUiGate } from "./internal/ui-gate.ts";
import type { GatewayOptions } from "./options.ts";
import { handleCall, type PipelineOptions } from "./pipeline.ts";
import type { GatewayLogger } from "./ports.ts";
import { createTokenBucket } from "./token-bucket.ts";
import { createTelemetry } from "./tracing.ts";

/** The one door between a host app and its extensions. */
export interface Gateway {
  /** Answer a request; null when the path is not one of the gateway's. */
  fetch(request: Request): Promise<Response | null>;
  /** End debug streams and wait for log rows that are still being written. Does not close what was passed in. */
  close(): Promise<void>;
}

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
  const pending = new Set<Promise<void>>();
  const logger = options.logger ?? SILENT;
  const guard = toRunnerGuard(options.runnerAuthToken);
  const telemetry = createTelemetry(options);
  const pipeline: PipelineOptions = {
    ...options,
    telemetry,
    origins: toOriginPolicy(options.allowedOrigins ?? []),
    rateLimiter: options.rateLimiter ?? createTokenBucket(),
    timeoutMs: options.timeoutMs ?? 30_000,
    maxBodyBytes: options.maxBodyBytes ?? 10 * 1024 * 1024,
    logger,
    clock: options.clock ?? Date.now,
    track(work) {
      pending.add(work);
      void work.finally(() => pending.delete(work));
    },
  };
  const internal = { ...options, logger, clock: pipeline.clock, guard };
  const capabilities = toCapabilities(options);
  const places = createStreamPlaces(options.debugStream?.maxStreamsPerTenant ?? 20);
  const asHostCall = (route: string, request: Request, serve: () => Promise<Response>): Promise<Response> =>
    telemetry === undefined
      ? serve()
      : telemetry.hostCall({ request, route, isRunner: () => guard(request) }, serve);

  return {
    async fetch(request) {
      const url = new URL(request.url);
      const { pathname } = url;
      if (isCallPath(pathname)) return handleCall(pipeline, request, url);
      if (pathname === DEBUG_STREAM_PATH && options.debug !== undefined) {
        const { debug, debugStream = {} } = options;
        return serveDebugStream({ ...pipeline, debug, debugStream, places }, request, url);
      }
      if (pathname.startsWith("/ext-ui/")) return serveUiGate(request, url, options.runnerPublicBase);
      if (pathname === INSTALL_CONFIG) {
        return asHostCall("runner/install-config", request, () => serveInstallConfig(internal, request));
      }
      if (pathname.startsWith(STORAGE)) {
        const id = pathname.slice(STORAGE.length);
        return asHostCall("storage", request, () => serveStorage(internal, request, id));
      }
      const [, route = "", installId = ""] = CAPABILITY.exec(pathname) ?? [];
      const capability = capabilities.get(route);
      if (capability !== undefined) {
        const serve = () => serveCapability({ ...internal, capability }, request, installId);
        return asHostCall(route, request, serve);
      }
      return null;
    },
    async close() {
      places.close();
      await Promise.allSettled(pending);
    },
  };
}
