const KIB = 1024;
const MIB = 1024 * KIB;

/**
 * What calls of one install share: nothing (`fresh`), or the state of the instance they run on (`warm`). Installs
 * never share anything.
 */
export type Isolation = "fresh" | "warm";

/**
 * Whose calls one process runs: those of one install (`install`), or of all installs of a tenant (`tenant`), which
 * takes less memory and lets code that broke out of its engine reach the tenant's other extensions.
 */
export type CellSharing = "install" | "tenant";

/** Limits of one runner; each is enforced and reported by name. */
export interface RunnerLimits {
  /** Deadline of a call that names none, and the most a call may ask for. */
  readonly defaultTimeoutMs: number;
  readonly maxTimeoutMs: number;
  /** CPU time of one call. */
  readonly cpuMs: number;
  /** Cap of each linear memory of a guest. */
  readonly memoryBytes: number;
  /** `RLIMIT_DATA` of a cell. */
  readonly cellDataBytes: number;
  /** Body of the request that a guest sees, its headers, and their names and values together. */
  readonly requestBytes: number;
  readonly requestHeaders: number;
  readonly requestHeaderBytes: number;
  /** Body of a guest's answer. */
  readonly responseBytes: number;
  /** Headers of a guest's answer, and their names and values together. */
  readonly responseHeaders: number;
  readonly responseHeaderBytes: number;
  /** Largest frame a cell may send, and its JSON part; long texts and bytes travel outside that part. */
  readonly frameBytes: number;
  readonly frameHeaderBytes: number;
  /** Frame bytes of unanswered host calls of one cell; headers count 16-fold, as parsed JSON weighs. */
  readonly pendingHostBytes: number;
  /** Calls of one install in its cell at once; those that wait there for the host have an instance each. */
  readonly concurrentPerInstall: number;
  /** Calls of one tenant, and of all, that run at once. */
  readonly concurrentPerTenant: number;
  readonly concurrent: number;
  /** Calls of one install, of one tenant and of all that wait for their turn, and how long they may. */
  readonly queuePerInstall: number;
  readonly queuePerTenant: number;
  readonly queue: number;
  readonly queueMs: number;
  /** Cell processes at once, and started ones that wait for an install on top of them. */
  readonly cells: number;
  readonly spareCells: number;
  /** Private memory of all cells together, spares included; above it idle ones end, then the largest. */
  readonly cellsBytes: number;
  /** Time after which an idle cell is ended. */
  readonly idleMs: number;
  /** Host calls of one call. */
  readonly hostCalls: number;
  /** Storage operations of one call. */
  readonly storageOps: number;
  /** Log lines of one call, bytes of all of them, and bytes of one line. */
  readonly logLines: number;
  readonly logBytes: number;
  readonly logLineBytes: number;
  /** Body of `POST /v1/execute`. */
  readonly executeBodyBytes: number;
  /** How long answers to calls with an idempotency key are kept, and the memory for them; 0 bytes keeps none. */
  readonly idempotencyTtlMs: number;
  readonly idempotencyBytes: number;
  /** Largest UI file that is served, and memory for compressed ones. */
  readonly uiFileBytes: number;
  readonly uiEncodedBytes: number;
  /** Requests to the outside of one call, and bytes sent and received with them, heads included. */
  readonly egressRequests: number;
  readonly egressBytes: number;
  /** Requests to the outside that one install has open at once. */
  readonly egressConcurrent: number;
  /** Total time, response body and number of headers of one `http.fetch`. */
  readonly egressTimeoutMs: number;
  readonly egressResponseBytes: number;
  readonly egressHeaders: number;
}

/** Defaults of {@link RunnerLimits}. */
export const RUNNER_LIMITS: RunnerLimits = {
  defaultTimeoutMs: 5_000,
  maxTimeoutMs: 60_000,
  cpuMs: 10_000,
  memoryBytes: 128 * MIB,
  cellDataBytes: 1024 * MIB,
  requestBytes: 10 * MIB,
  requestHeaders: 64,
  requestHeaderBytes: 16 * KIB,
  responseBytes: 8 * MIB,
  responseHeaders: 64,
  responseHeaderBytes: 16 * KIB,
  frameBytes: 12 * MIB,
  frameHeaderBytes: MIB,
  pendingHostBytes: 48 * MIB,
  concurrentPerInstall: 32,
  concurrentPerTenant: 128,
  concurrent: 512,
  queuePerInstall: 64,
  queuePerTenant: 256,
  queue: 1_024,
  queueMs: 2_000,
  cells: 32,
  spareCells: 1,
  cellsBytes: 4_096 * MIB,
  idleMs: 60_000,
  hostCalls: 1_000,
  storageOps: 500,
  logLines: 200,
  logBytes: 256 * KIB,
  logLineBytes: 8_192,
  executeBodyBytes: 16 * MIB,
  idempotencyTtlMs: 600_000,
  idempotencyBytes: 32 * MIB,
  uiFileBytes: 64 * MIB,
  uiEncodedBytes: 64 * MIB,
  egressRequests: 100,
  egressBytes: 64 * MIB,
  egressConcurrent: 8,
  egressTimeoutMs: 10_000,
  egressResponseBytes: 8 * MIB,
  egressHeaders: 64,
};
