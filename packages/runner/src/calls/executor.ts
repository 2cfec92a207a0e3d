import {
  CodedError,
  isContentHash,
  type ExecuteRequest,
  type ExecuteResponse,
  type ExecuteUsage,
} from "@alga-ext/protocol";
import { openSecrets } from "../auth/open-secrets.ts";
import { toGrants, type Broker } from "../broker/broker.ts";
import type { CallSession } from "../broker/call-session.ts";
import type { BundleStore } from "../bundles/bundle-store.ts";
import type { CellPool } from "../cells/cell-pool.ts";
import type { GuestResponse } from "../cells/guest-response.ts";
import { RunnerError } from "../errors.ts";
import type { CallOutcome, Metrics } from "../http/metrics.ts";
import type { RunnerLimits } from "../options.ts";
import type { RunnerLogger } from "../ports.ts";
import type { ArtifactStore } from "../prepare/artifact-store.ts";
import { toCellKey } from "./cell-key.ts";
import { toGuestRequest } from "./guest-request.ts";

const MIB = 1024 * 1024;
/** Made once: an abort without a reason makes an exception with a stack for every call. */
const CALL_IS_OVER = new DOMException("The call is over.", "AbortError");

/** Options of one call besides its request. */
export interface ExecuteOptions {
  readonly signal?: AbortSignal;
  /** The gateway's token of this call, for host-API routes. */
  readonly callToken?: string;
  /** Epoch ms when the gateway gives up; the call's deadline is never later. */
  readonly notAfterMs?: number;
  /** Calls of the same install, user and key are one call: see `idempotent-executor.ts`. */
  readonly idempotencyKey?: string;
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
  readonly runnerKey: CryptoKey;
  readonly limits: RunnerLimits;
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
  const usage: CallSession["usage"] = { hostCalls: 0, egressBytes: 0, logLines: [], droppedLines: 0 };
  const ending = new AbortController();
  const finish = (
    response: Omit<ExecuteResponse, "usage">,
    outcome: Pick<CallOutcome, "code" | "limit">,
  ): ExecuteResponse => {
    const durationMs = performance.now() - started;
    parts.metrics.call({ ...outcome, durationMs, egressBytes: usage.egressBytes });
    return { ...response, usage: toUsage(usage, durationMs, parts.now()) };
  };
  try {
    const guest = await runGuest(parts, request, { ...options, usage, ending });
    return finish(toResponse(guest), { code: "ok" });
  } catch (error) {
    const known =
      error instanceof CodedError
        ? error
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
    const { limit } = known.details;
    return finish(
      { status: known.status, headers: {}, body_b64: null, error: toErrorText(known) },
      { code: known.code, ...(typeof limit === "string" ? { limit } : {}) },
    );
  } finally {
    // Host calls that still run serve nobody.
    ending.abort(CALL_IS_OVER);
  }
}

async function runGuest(
  { bundles, artifacts, pool, broker, runnerKey, limits, now }: ExecutorParts,
  request: ExecuteRequest,
  options: ExecuteOptions & { usage: CallSession["usage"]; ending: AbortController },
): Promise<GuestResponse> {
  const { context } = request;
  const hash = context.content_hash;
  if (!isContentHash(hash)) throw new RunnerError("invalid_content_hash", "The content hash is malformed.");
  const askedMs = Math.min(request.limits?.timeout_ms ?? limits.defaultTimeoutMs, limits.maxTimeoutMs);
  const leftMs = options.notAfterMs === undefined ? askedMs : options.notAfterMs - now();
  const deadlineAt = performance.now() + Math.min(askedMs, leftMs);
  const session: CallSession = {
    scope: {
      tenantId: context.tenant_id,
      extensionId: context.extension_id,
      installId: context.install_id ?? "",
      requestId: context.request_id ?? null,
      versionId: context.version_id ?? null,
      contentHash: hash,
      callToken: options.callToken ?? null,
    },
    providers: toGrants(request.providers ?? []),
    egress: request.egress ?? [],
    secrets: await openSecrets(request.secret_envelope, runnerKey),
    user: request.user ?? null,
    signal: options.ending.signal,
    usage: options.usage,
  };
  const loadArtifact = async () => {
    const { component, componentDigest } = await bundles.load(hash);
    if (component === null)
      throw new RunnerError("component_rejected", "The bundle has no component.", {
        details: { reason: "absent" },
      });
    return await artifacts.get(componentDigest, component);
  };
  return await pool.run(toCellKey(context, hash), loadArtifact, {
    request: toGuestRequest(request),
    deadlineAt,
    ...(request.limits?.memory_mb === undefined
      ? {}
      : { memoryBytes: Math.min(request.limits.memory_mb * MIB, limits.memoryBytes) }),
    onHostCall: (target, args) => broker.answer(session, target, args),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
}

function toResponse({ status, headers, body }: GuestResponse): Omit<ExecuteResponse, "usage"> {
  return {
    status,
    headers,
    body_b64: body === null ? null : Buffer.from(body).toString("base64"),
    error: null,
  };
}

/** Detail only where the contract has it, and never the guest's own words. */
function toErrorText(error: CodedError): string {
  const reason = error.details["reason"] ?? error.details["limit"];
  return typeof reason === "string" ? `${error.code}: ${reason}` : error.code;
}

function toUsage(usage: CallSession["usage"], durationMs: number, now: number): ExecuteUsage {
  const dropped = usage.droppedLines;
  const lines =
    dropped === 0
      ? usage.logLines
      : [
          ...usage.logLines,
          {
            ts: new Date(now).toISOString(),
            level: "warn" as const,
            message: `${dropped} log lines dropped`,
          },
        ];
  return {
    duration_ms: Math.round(durationMs * 10) / 10,
    egress_bytes: usage.egressBytes,
    host_calls: usage.hostCalls,
    log_lines: lines,
  };
}
