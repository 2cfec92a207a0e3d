import { CodedError, isContentHash, type ExecuteRequest, type ExecuteResponse } from "@alga-ext/protocol";
import { assertResponseFits } from "../broker/assert-fits.ts";
import type { Broker } from "../broker/broker.ts";
import type { CallLimits } from "../broker/call-limits.ts";
import { createCallUsage, toCallError, toExecuteUsage, type CallUsage } from "../broker/call-usage.ts";
import type { SessionOpener } from "../broker/open-session.ts";
import type { BundleStore } from "../bundles/bundle-store.ts";
import { CallEnding } from "../broker/call-ending.ts";
import type { CallSignal } from "../cells/call-signal.ts";
import type { CallCost } from "../cells/cell.ts";
import type { CellPool } from "../cells/cell-pool.ts";
import type { GuestResponse } from "../cells/guest-response.ts";
import { RunnerError } from "../errors.ts";
import type { CallOutcome, Metrics } from "../http/metrics.ts";
import type { RunnerLogger } from "../ports.ts";
import type { ArtifactStore } from "../prepare/artifact-store.ts";
import { toCellPlace } from "./cell-key.ts";
import { toGuestRequest } from "./guest-request.ts";

const MIB = 1024 * 1024;
/** Options of one call besides its request. */
export interface ExecuteOptions {
  readonly signal?: CallSignal | undefined;
  /** The gateway's token of this call, for host-API routes. */
  readonly callToken?: string;
  /** Epoch ms when the gateway gives up; the call's deadline is never later. */
  readonly notAfterMs?: number;
  /** Calls of the same install, user and key are one call: see `idempotent-executor.ts`. */
  readonly idempotencyKey?: string | undefined;
  /** Headers the call came with; a trace goes on from there. */
  readonly header?: (name: string) => string | null;
}

/** Runs checked requests; every outcome is a response, nothing is thrown. */
export interface Executor {
  execute(request: ExecuteRequest, options?: ExecuteOptions): Promise<ExecuteResponse>;
}

/** What {@link createExecutor} is made of. */
export interface ExecutorParts {
  readonly bundles: BundleStore;
  readonly artifacts: ArtifactStore;
  readonly pool: CellPool;
  readonly broker: Broker;
  readonly sessions: SessionOpener;
  readonly metrics: Metrics;
  readonly logger: RunnerLogger;
  readonly now: () => number;
}

/** Wire the parts of one call: load, open, run, collect. */
export function createExecutor(parts: ExecutorParts): Executor {
  return { execute: (request, options = {}) => runCall(parts, request, options) };
}

async function runCall(
  parts: ExecutorParts,
  request: ExecuteRequest,
  options: ExecuteOptions,
): Promise<ExecuteResponse> {
  const started = performance.now();
  const usage = createCallUsage();
  const limits = parts.sessions.limitsOf(request);
  const ending = new CallEnding();
  let cost: CallCost | null = null;
  const finish = (
    response: Omit<ExecuteResponse, "usage">,
    outcome: Pick<CallOutcome, "code" | "limit">,
  ): ExecuteResponse => {
    const durationMs = performance.now() - started;
    parts.metrics.call({ ...outcome, durationMs, egressBytes: usage.egressBytes });
    for (const limit of usage.exceeded.keys()) if (limit !== outcome.limit) parts.metrics.limitHit(limit);
    return { ...response, usage: toExecuteUsage(usage, { durationMs, now: parts.now(), ...cost }) };
  };
  try {
    const onCost = (told: CallCost) => (cost = told);
    const guest = await runGuest(parts, request, { options, usage, limits, ending, onCost });
    return finish(toResponse(guest), { code: "ok" });
  } catch (error) {
    const known =
      error instanceof CodedError
        ? toCallError(error, usage, limits)
        : new RunnerError("execute_failed", "The runner failed.", { cause: error });
    const log =
      known.code === "execute_failed" && !(error instanceof CodedError)
        ? parts.logger.error
        : parts.logger.warn;
    log.call(parts.logger, "call failed", {
      code: known.code,
      tenant: request.context.tenant_id,
      install: request.context.install_id ?? null,
      requestId: request.context.request_id ?? null,
      guest: known.message,
      cause: error instanceof CodedError ? undefined : String(error),
    });
    const { limit, retryAfterS } = known.details;
    const headers: Record<string, string> =
      typeof retryAfterS === "number" ? { "retry-after": `${retryAfterS}` } : {};
    return finish(
      { status: known.status, headers, body_b64: null, error: toErrorText(known) },
      { code: known.code, ...(typeof limit === "string" ? { limit } : {}) },
    );
  } finally {
    ending.end();
  }
}

async function runGuest(
  { bundles, artifacts, pool, broker, sessions, now }: ExecutorParts,
  request: ExecuteRequest,
  call: {
    readonly options: ExecuteOptions;
    readonly usage: CallUsage;
    readonly limits: CallLimits;
    readonly ending: CallEnding;
    readonly onCost: (cost: CallCost) => void;
  },
): Promise<GuestResponse> {
  const { context } = request;
  const hash = context.content_hash;
  if (!isContentHash(hash)) throw new RunnerError("invalid_content_hash", "The content hash is malformed.");
  const { options, limits, usage, ending } = call;
  const leftMs = options.notAfterMs === undefined ? limits.timeout_ms : options.notAfterMs - now();
  const deadlineAt = performance.now() + Math.min(limits.timeout_ms, leftMs);
  const opened = sessions.open(request, {
    contentHash: hash,
    callToken: options.callToken ?? null,
    limits,
    ending,
    usage,
  });
  // Waiting costs a turn; most calls have no secrets.
  const session = opened instanceof Promise ? await opened : opened;
  const loadArtifact = async () => {
    const { component, componentDigest } = await bundles.load(hash);
    if (component === null)
      throw new RunnerError("component_rejected", "The bundle has no component.", {
        details: { reason: "absent" },
      });
    return await artifacts.get(componentDigest, component);
  };
  const guest = await pool.run(toCellPlace(context, hash), loadArtifact, {
    request: toGuestRequest(request),
    deadlineAt,
    cpuMs: limits.cpu_ms,
    memoryBytes: limits.memory_mb * MIB,
    onCost: call.onCost,
    onHostCall: (target, args) => broker.answer(session, target, args),
    signal: options.signal,
  });
  assertResponseFits(guest, session);
  return guest;
}

function toResponse({ status, headers, body }: GuestResponse): Omit<ExecuteResponse, "usage"> {
  return {
    status,
    headers,
    body_b64:
      body === null ? null : Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("base64"),
    error: null,
  };
}

/** Detail only where the contract has it, and never the guest's own words. */
function toErrorText(error: CodedError): string {
  const reason = error.details["reason"] ?? error.details["limit"];
  return typeof reason === "string" ? `${error.code}: ${reason}` : error.code;
}
