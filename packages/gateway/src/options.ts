import type { Meter, Tracer } from "@opentelemetry/api";
import type { DebugLog } from "./debug/debug-log.ts";
import type { DebugStreamOptions } from "./debug/serve-debug-stream.ts";
import type { HostApi, InstallResolver, Principal } from "@alga-ext/protocol";
import type {
  Authorize,
  CallAuthority,
  CallQuota,
  ExecutionAudit,
  HostCapability,
  GatewayLogger,
  IdempotencyStore,
  RateLimiter,
  RunnerInvoker,
} from "./ports.ts";

/**
 * How `/ext-ui/…` of the host answers: `redirect` sends every browser to the runner for good (308), `installed` sends
 * those whose tenant has installed exactly this version (307), `not_found` nobody.
 */
export type UiGateMode = "not_found" | "redirect" | "installed";

/**
 * A group of routes: `ext` is `/api/ext/…`, `extProxy` `/api/ext-proxy/…`, `extUi` `/ext-ui/…`, `runner` `/runner/…`,
 * `internal` `/api/internal/ext-…`, `debug` `/api/ext-debug/…`, `registry` whatever the registry's handler answers.
 */
export type GatewayRoute = "ext" | "extProxy" | "extUi" | "runner" | "internal" | "debug" | "registry";

/** Options of `createGateway`. */
export interface GatewayOptions {
  /** Who makes a request, from the host's session or API key; null is 401. Must not read the body. */
  readonly authenticate: (request: Request) => Promise<Principal | null>;
  readonly installs: InstallResolver;
  /**
   * How long a resolved install counts, in milliseconds, where `installs` has no `revision`; with one, what changed is
   * noticed at the next call. 0 keeps nothing. @default 1000
   */
  readonly installCacheMs?: number;
  readonly invoker: RunnerInvoker;
  /** The authority whose tokens the invoker sends; checks them when they come back on host-API routes. */
  readonly calls: CallAuthority;
  readonly hostApi: HostApi;
  /** What the host application does for extensions, besides `hostApi`. @default nothing */
  readonly capabilities?: readonly HostCapability[];
  /** What the runner sends as `x-runner-auth`; at least 16 characters. */
  readonly runnerAuthToken: string;
  readonly audit: ExecutionAudit;
  /** Extra policy after the built-in rules. @default none */
  readonly authorize?: Authorize;
  /** @default a token bucket in memory: 60 calls at once, then one per second, per tenant and extension */
  readonly rateLimiter?: RateLimiter;
  /** What each extension of a tenant may use; a call past it is 429 `quota_exceeded`. @default no quotas */
  readonly quota?: CallQuota;
  /** Where log lines, timing and capability use of calls go, for `/api/ext-debug/stream`. @default nowhere, no such route */
  readonly debug?: DebugLog;
  /** How that route streams. */
  readonly debugStream?: DebugStreamOptions;
  /**
   * Answers to calls with `x-idempotency-key`. @default in the memory of this process; several processes share one, such
   * as `createSqlIdempotency`
   */
  readonly idempotency?: IdempotencyStore;
  /** Path that everything is below, such as `/platform`. @default none */
  readonly basePath?: string;
  /** Groups of routes to leave out, by `false`, or to add. @default all but `runner` */
  readonly routes?: { readonly [Route in GatewayRoute]?: boolean };
  /** `community` has no extensions, and says so on every route (contract §0). @default "enterprise" */
  readonly edition?: "enterprise" | "community";
  /** The registry's own routes, such as `createRegistryHandler` makes them: asked last, null for a path it has not. */
  readonly registry?: (request: Request) => Promise<Response | null>;
  /** How long a call may take, in milliseconds. @default 30000 */
  readonly timeoutMs?: number;
  /** Largest request body, in bytes. @default 10485760 */
  readonly maxBodyBytes?: number;
  /** Browser-visible base of the runner; `/ext-ui/…` is redirected there, and is 404 without it. */
  readonly runnerPublicBase?: string;
  /** @default "redirect" */
  readonly uiGate?: UiGateMode;
  /** Base of the runner's UI listener for the route group `runner`, as this process reaches it. @default runnerPublicBase */
  readonly runnerUiBase?: string;
  /** Origins that browsers may call from besides the host's own, compared exactly. @default none */
  readonly allowedOrigins?: readonly string[];
  /** Spans of calls, told to runners and guests as W3C `traceparent`. @default no spans */
  readonly tracer?: Tracer;
  /** Counts, times and outcomes of calls; no label names a tenant or an extension. @default no metrics */
  readonly meter?: Meter;
  /**
   * Go on with the trace that a caller's `traceparent` names, where this process has no active span: a caller then
   * chooses what is sampled. @default false
   */
  readonly acceptTraceContext?: boolean;
  /** @default silent */
  readonly logger?: GatewayLogger;
  /** Milliseconds since the epoch. @default Date.now */
  readonly clock?: () => number;
}
