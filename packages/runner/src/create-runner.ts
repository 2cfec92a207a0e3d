import { mkdirSync, rmSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import type { Tracer } from "@opentelemetry/api";
import { toTrustSource, trustState, type TrustPolicy, type TrustSource } from "@alga-ext/bundle";
import type { BundleSource, ContentHash, ExecuteRequest, ExecuteResponse } from "@alga-ext/protocol";
import { readGatewayKey, readRunnerKey } from "./auth/read-pem.ts";
import { createReplayCache } from "./auth/replay-cache.ts";
import { createSessions } from "./auth/sessions.ts";
import { createBroker } from "./broker/broker.ts";
import type { CallLimits } from "./broker/call-limits.ts";
import { createSessionOpener } from "./broker/open-session.ts";
import type { UiProxyRoutes } from "./broker/ui-proxy.ts";
import { createBundleStore } from "./bundles/bundle-store.ts";
import { followTrust } from "./bundles/follow-trust.ts";
import { toCellPlace } from "./calls/cell-key.ts";
import { createExecutor } from "./calls/executor.ts";
import { createIdempotentExecutor } from "./calls/idempotent-executor.ts";
import { createCellPool } from "./cells/cell-pool.ts";
import { startCell } from "./cells/start-cell.ts";
import { createEgress } from "./egress/egress.ts";
import { parseOverrides } from "./egress/parse-overrides.ts";
import type { UiProfile } from "./http/content-security-policy.ts";
import { createHealth } from "./http/health.ts";
import { createHostDirectory } from "./http/host-directory.ts";
import { createInstallGate } from "./http/install-gate.ts";
import { createInternalApi, type InternalApiParts } from "./http/internal-api.ts";
import { createInternalListener } from "./http/internal-listener.ts";
import { createMetrics } from "./http/metrics.ts";
import type { WarmInstall } from "./http/parse-warmup.ts";
import { createUiApi } from "./http/ui-api.ts";
import { RUNNER_LIMITS, type CellSharing, type Isolation, type RunnerLimits } from "./options.ts";
import type {
  CapabilityProvider,
  EgressAudit,
  HostScheduler,
  HostLookup,
  HostStorage,
  InstallValidator,
  NameResolver,
  RunnerLogger,
} from "./ports.ts";
import { anticipateArtifacts } from "./prepare/anticipate-artifacts.ts";
import { createArtifactStore } from "./prepare/artifact-store.ts";
import { createDiskCache } from "./prepare/disk-cache.ts";
import { digestOfHostInterfaces, toHostInterfaces } from "./prepare/host-interfaces.ts";
import { prepareComponent } from "./prepare/prepare-component.ts";
import { makeTemporaryCache } from "./prepare/temporary-cache.ts";
import { createCallTracing } from "./tracing/call-tracing.ts";
import { raiseWall, type RaiseWallOptions } from "./wall/raise-wall.ts";
import type { Wall, WallTier } from "./wall/wall.ts";

/** Options of {@link createRunner}. */
export interface RunnerOptions {
  /** Where archives come from. */
  readonly bundles: BundleSource;
  /**
   * Whose signatures count; null needs `allowUnsigned`. When a source changes, everything loaded is judged again, and
   * what no longer verifies stops running.
   */
  readonly trust: TrustPolicy | TrustSource | null;
  /** Run bundles without a valid signature. @default false */
  readonly allowUnsigned?: boolean;
  /** Ed25519 SPKI PEM of the gateway. */
  readonly gatewayPublicKeyPem: string;
  /** X25519 PKCS #8 PEM of this runner. */
  readonly runnerPrivateKeyPem: string;
  /** Storage of extensions; without it `storage` answers `internal`. */
  readonly storage?: HostStorage;
  /** Schedules of extensions; without them `scheduler` answers `internal`. */
  readonly scheduler?: HostScheduler;
  /** Routes of the host application that extensions may call; without them there are none. */
  readonly uiProxy?: UiProxyRoutes;
  /** Capabilities of the host application. */
  readonly providers?: readonly CapabilityProvider[];
  /** Says which UIs are installed; without it none is served. */
  readonly installs?: InstallValidator;
  /** Says whose install a host name is, for installs with hosts of their own; `/` on such a host leads to its UI. */
  readonly hosts?: HostLookup;
  /**
   * `compat` serves UIs of older hosts, without the sandbox header, on hosts of one install; needs `hosts`. Elsewhere
   * UIs share one origin and stay `strict`. @default "strict"
   */
  readonly uiProfile?: UiProfile;
  /** Replaces the content security policy of the profile `compat`. */
  readonly uiCompatPolicy?: string;
  /**
   * Serve a UI only to the tenant it is installed for, when one is named; false serves whatever was published, and so
   * tells nobody what a tenant has installed. @default true
   */
  readonly uiStrictValidation?: boolean;
  /** Disk cache of prepared components. @default a temporary directory, removed by `close()` */
  readonly cacheDir?: string;
  /** Bytes of prepared components on disk; what was not used for longest goes first. @default no bound */
  readonly cacheMaxBytes?: number;
  /** Public host name → loopback URL, for development. */
  readonly egressOverrides?: Readonly<Record<string, string>>;
  /** @default the operating system's */
  readonly resolver?: NameResolver;
  /** Hosts that any extension may reach at most, as `host`, `*.host` or `host:8443`. @default every public one */
  readonly egressAllowed?: readonly string[];
  /** Plain http besides https. @default false */
  readonly egressHttp?: boolean;
  /** Where requests to the outside are recorded. @default the logger */
  readonly egressAudit?: EgressAudit;
  /**
   * Base the UI is served from, `https://*.ext.example` for hosts of installs; without it the policy of a UI admits
   * files of other extensions.
   */
  readonly publicBase?: string;
  /** Origins that may frame UIs. @default none */
  readonly frameAncestors?: readonly string[];
  /** Run cells without an OS wall when none can be raised. @default false */
  readonly allowNoWall?: boolean;
  /** How the wall is found; tests choose a tier here. */
  readonly wall?: RaiseWallOptions;
  /**
   * `warm` lets calls of one install find what earlier ones left in memory: faster, and only for code that you trust
   * to keep its callers apart. @default "fresh"
   */
  readonly isolation?: Isolation;
  /** Whose calls one process runs. @default "install" */
  readonly cellSharing?: CellSharing;
  /** What holds where nobody else decides. @default RUNNER_LIMITS */
  readonly limits?: Partial<RunnerLimits>;
  /** What a tenant or an install may be given at most. @default the limits: they can only be given less */
  readonly maxLimits?: Partial<CallLimits>;
  /** Limits of a tenant's calls, where its installs say nothing else. */
  readonly tenantLimits?: (tenantId: string) => Partial<CallLimits> | undefined;
  /** Spans of calls, of what they ask of the host and of their requests to the outside. @default no spans */
  readonly tracer?: Tracer;
  /**
   * Hosts that are told of the trace, as `host` or `*.host`: their requests carry `traceparent` and `tracestate` of the
   * runner's own span. Others get what the guest sets itself. @default none
   */
  readonly traceEgressHosts?: readonly string[];
  /** @default silent */
  readonly logger?: RunnerLogger;
  /** Epoch milliseconds. @default Date.now */
  readonly clock?: () => number;
}

/** A running runner. */
export interface Runner {
  /** The internal API: `/v1/execute`, `/v1/handshake`, `/warmup`, `/healthz`, `/readyz`, `/metrics`. */
  fetch(request: Request): Promise<Response>;
  /** {@link Runner.fetch} for `node:http`: the same answers, cheaper. */
  readonly listener: (req: IncomingMessage, res: ServerResponse) => void;
  /** The public UI: `/ext-ui/…`, and `/` on hosts of installs. */
  fetchUi(request: Request): Promise<Response>;
  /** Run one call in-process, past authentication: for composition roots and tests. Never rejects. */
  execute(request: ExecuteRequest, options?: { signal?: AbortSignal }): Promise<ExecuteResponse>;
  /**
   * Load, verify and prepare a version, so that its first call is not the slow one: at install time, say. False for a
   * bundle that has only a UI. With `startFor` the cell of that install is up, too, until it is idle for too long.
   *
   * @throws {RunnerError} `bundle_fetch_failed`, `component_rejected`; with `startFor` also what keeps calls from cells:
   * `overloaded`, `not_admitted`, `runner_crashed`, `deadline_exceeded`
   */
  prepare(contentHash: ContentHash, options?: { readonly startFor?: WarmInstall }): Promise<boolean>;
  /** The wall around cells. */
  readonly wall: WallTier;
  /** Why better walls were passed over. */
  readonly wallNotes: readonly string[];
  /** Refuse new calls, let running ones end (at most `graceMs`, default 5000), end every process. */
  close(options?: { graceMs?: number }): Promise<void>;
}

/** Which component a bundle has, 64 bytes each. */
const HINTS_BYTES = 256 * 1024;
const SILENT: RunnerLogger = { info: () => undefined, warn: () => undefined, error: () => undefined };

/**
 * Start a runner: raise the wall, wire the parts. Nothing listens; serve `fetch` and `fetchUi` as you like.
 *
 * @throws {RunnerError} `wall_unavailable`
 * @throws {TypeError} on a wrong key or option
 */
export function createRunner(options: RunnerOptions): Promise<Runner> {
  return createRunnerBehind(options, () =>
    raiseWall({ allowNone: options.allowNoWall === true, ...options.wall }),
  );
}

/** {@link createRunner} for who raises the wall in another way, or has begun to. */
export async function createRunnerBehind(
  options: RunnerOptions,
  raise: () => Promise<Wall>,
): Promise<Runner> {
  const limits: RunnerLimits = { ...RUNNER_LIMITS, ...options.limits };
  if (options.trust === null && options.allowUnsigned !== true) {
    throw new TypeError("A runner without a trust policy needs allowUnsigned.");
  }
  if (options.uiProfile === "compat" && options.hosts === undefined)
    throw new TypeError(
      "The UI profile compat needs hosts: without the sandbox, UIs must not share an origin.",
    );
  const tracing =
    options.tracer === undefined
      ? null
      : createCallTracing(options.tracer, { egressHosts: options.traceEgressHosts ?? [] });
  const plainLogger = options.logger ?? SILENT;
  const logger = tracing?.logger(plainLogger) ?? plainLogger;
  const now = options.clock ?? Date.now;
  if (options.storage === undefined)
    logger.warn("no storage: an extension's storage calls fail as `internal`");
  const gatewayKey = await readGatewayKey(options.gatewayPublicKeyPem);
  const runnerKey = await readRunnerKey(options.runnerPrivateKeyPem);
  const overrides = parseOverrides(options.egressOverrides ?? {});
  const wall = await raise();
  const cacheDir = options.cacheDir ?? makeTemporaryCache();
  const tellOfCache = (error: unknown) =>
    logger.error("the disk cache cannot be written: prepared components are kept in memory only", {
      cacheDir,
      error: error instanceof Error ? error.message : String(error),
    });
  try {
    mkdirSync(cacheDir, { recursive: true });
  } catch (error) {
    tellOfCache(error);
  }
  const trust = options.trust === null ? null : toTrustSource(options.trust);
  const metrics = createMetrics();
  const bundles = createBundleStore({
    source: options.bundles,
    trust,
    allowUnsigned: options.allowUnsigned ?? false,
    now,
    onLook: (isHit) => metrics.cache("bundle", isHit),
  });
  const { isolation = "fresh" } = options;
  const hostInterfaces = toHostInterfaces(options.providers ?? []);
  const artifacts = createArtifactStore({
    directory: join(cacheDir, "artifacts"),
    memoryCapBytes: limits.memoryBytes,
    hostInterfaces: digestOfHostInterfaces(hostInterfaces),
    isolation,
    onDiskTrouble: tellOfCache,
    onLook: metrics.cache,
    ...(options.cacheMaxBytes === undefined ? {} : { maxDiskBytes: options.cacheMaxBytes }),
    prepare: (component) =>
      prepareComponent(component, { wall, memoryCapBytes: limits.memoryBytes, hostInterfaces, isolation }),
  });
  const runnable = anticipateArtifacts(
    bundles,
    artifacts,
    createDiskCache({
      directory: join(cacheDir, "components"),
      suffix: ".digest",
      maxBytes: HINTS_BYTES,
      onTrouble: tellOfCache,
    }),
  );
  const pool = createCellPool({
    limits,
    sharing: options.cellSharing ?? "install",
    start: (engine) => startCell({ wall, limits, isolation, engine }),
  });
  const plainEgress = createEgress({
    limits,
    overrides,
    allowed: options.egressAllowed,
    allowHttp: options.egressHttp,
    audit: options.egressAudit ?? { record: (row) => logger.info("egress", { ...row }) },
    resolver: options.resolver,
  });
  const egress = tracing?.egress(plainEgress) ?? plainEgress;
  const hostCalls = metrics.registry.counter({
    name: "alga_runner_host_calls_total",
    help: "Calls of imported functions by interface and outcome.",
    labels: ["interface", "outcome"],
  });
  const plainBroker = createBroker({
    limits,
    egress,
    storage: options.storage ?? null,
    scheduler: options.scheduler ?? null,
    uiProxy: options.uiProxy ?? null,
    providers: options.providers ?? [],
    logger,
    now,
    onHostCall(target, outcome) {
      metrics.capability(target);
      hostCalls.add([target.replace(/#.*$/, ""), outcome]);
    },
  });
  const broker = tracing?.broker(plainBroker) ?? plainBroker;
  const opener = createSessionOpener({
    runnerKey,
    limits,
    maxLimits: options.maxLimits,
    tenantLimits: options.tenantLimits,
    catalogue: broker.catalogue,
  });
  const plainExecutor = createIdempotentExecutor({
    executor: createExecutor({
      bundles: runnable,
      artifacts,
      pool,
      broker,
      sessions: tracing?.sessions(opener) ?? opener,
      metrics,
      logger,
      now,
    }),
    metrics,
    ttlMs: limits.idempotencyTtlMs,
    maxBytes: limits.idempotencyBytes,
  });
  const executor = tracing?.executor(plainExecutor) ?? plainExecutor;
  const stopFollowing = followTrust({ trust, bundles, pool, logger });
  const isTrustExpired = (): boolean =>
    trust !== null && trustState(trust.current, new Date(now())) === "expired";
  const gauge = (name: string, help: string, read: () => number) =>
    metrics.registry.gauge({ name: `alga_runner_${name}`, help }, read);
  gauge("cells", "Cell processes.", () => pool.size);
  gauge("spare_cells", "Empty cell processes that wait for an install.", () => pool.spares);
  gauge("cells_bytes", "Private memory of cell processes.", () => pool.bytes);
  gauge("calls_waiting", "Calls waiting for their turn.", () => pool.waiting);
  gauge("calls_in_flight", "Calls running or waiting.", () => pool.inFlight);
  gauge("trust_expired", "Whether the trust document has expired: nothing new is accepted anywhere.", () =>
    isTrustExpired() ? 1 : 0,
  );
  metrics.registry.gauge(
    { name: "alga_runner_wall_info", help: "Isolation tier of cells.", labels: ["tier"] },
    () => new Map([[wall.tier, 1]]),
  );
  const replays = createReplayCache({ now });
  let closing = false;

  const prepare: Runner["prepare"] = async (hash, { startFor } = {}) => {
    const { component, componentDigest } = await runnable.load(hash);
    if (component === null) return false;
    const load = () => artifacts.get(componentDigest, component);
    await load();
    if (startFor === undefined) return true;
    const { tenantId, extensionId, installId } = startFor;
    const context = { tenant_id: tenantId, extension_id: extensionId, install_id: installId };
    const place = toCellPlace({ ...context, content_hash: hash }, hash);
    await pool.warm(place, load, { timeoutMs: limits.maxTimeoutMs });
    return true;
  };
  const internal: InternalApiParts = {
    executor,
    limits,
    health: createHealth({
      cacheDir,
      cacheMaxBytes: options.cacheMaxBytes ?? null,
      source: options.bundles,
      wall: wall.tier,
      isClosing: () => closing,
    }),
    prepare,
    logger,
    replays,
    sessions: createSessions({ gatewayKey, runnerKey, replays, now }),
    now,
    renderMetrics: metrics.render,
  };
  const fetchUi = createUiApi({
    bundles,
    gate: createInstallGate(options.installs ?? null),
    hosts: options.hosts === undefined ? null : createHostDirectory(options.hosts),
    isStrict: options.uiStrictValidation ?? true,
    maxFileBytes: limits.uiFileBytes,
    maxEncodedBytes: limits.uiEncodedBytes,
    profile: options.uiProfile ?? "strict",
    ...(options.uiCompatPolicy === undefined ? {} : { compatPolicy: options.uiCompatPolicy }),
    metrics,
    logger,
    frameAncestors: options.frameAncestors ?? [],
    ...(options.publicBase === undefined ? {} : { publicBase: options.publicBase }),
  });

  return {
    fetch: createInternalApi(internal),
    listener: createInternalListener(internal),
    fetchUi,
    execute: (request, callOptions) => executor.execute(request, callOptions),
    prepare,
    wall: wall.tier,
    wallNotes: wall.passedOver,
    async close({ graceMs = 5_000 } = {}) {
      closing = true;
      stopFollowing();
      await pool.close(graceMs);
      await wall.close();
      if (options.cacheDir === undefined) rmSync(cacheDir, { recursive: true, force: true });
    },
  };
}
