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
  RateLimiter,
  RunnerInvoker,
} from "./ports.ts";

/** Options of `createGateway`. */
export interface GatewayOptions {
  /** Who makes a request, from the host's session or API key; null is 401. Must not read the body. */
  readonly authenticate: (request: Request) => Promise<Principal | null>;
  readonly installs: InstallResolver;
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
  /** How long a call may take, in milliseconds. @default 30000 */
  readonly timeoutMs?: number;
  /** Largest request body, in bytes. @default 10485760 */
  readonly maxBodyBytes?: number;
  /** Browser-visible base of the runner; `/ext-ui/…` is redirected there, and is 404 without it. */
  readonly runnerPublicBase?: string;
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
