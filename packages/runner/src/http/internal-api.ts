import {
  CodedError,
  isWireErrorCode,
  wireErrorResponse,
  type ContentHash,
  type ExecuteResponse,
} from "@alga-ext/protocol";
import { assertSameCall, verifyCallToken, type VerifyCallOptions } from "../auth/verify-call.ts";
import { parseExecuteRequest } from "../calls/parse-execute-request.ts";
import type { CallSignal } from "../cells/call-signal.ts";
import type { Executor } from "../calls/executor.ts";
import { RunnerError } from "../errors.ts";
import type { RunnerLimits } from "../options.ts";
import type { RunnerLogger } from "../ports.ts";
import type { Health, HealthAnswer } from "./health.ts";
import { parseWarmup, type WarmInstall } from "./parse-warmup.ts";
import { readBody } from "./read-body.ts";

/** Parts of the internal API. */
export interface InternalApiParts extends VerifyCallOptions {
  readonly executor: Executor;
  readonly limits: RunnerLimits;
  readonly health: Health;
  /** Prepare a version, and start the cell of an install if one is named; false when it has nothing to run. */
  readonly prepare: (hash: ContentHash, options: { startFor?: WarmInstall }) => Promise<boolean>;
  readonly logger: RunnerLogger;
  readonly renderMetrics: () => string;
}

const utf8 = new TextDecoder("utf-8", { fatal: true });
const MAX_SMALL_BODY_BYTES = 64 * 1024;
const NO_STORE = { "cache-control": "no-store" } as const;

/**
 * The API that only gateways and operators reach: `/v1/execute`, `/v1/handshake`, `/warmup`, `/healthz`, `/readyz`,
 * `/metrics`.
 *
 * Refusals of the caller are HTTP errors; every outcome of an admitted call is HTTP 200 with a logical status.
 */
export function createInternalApi(parts: InternalApiParts): (request: Request) => Promise<Response> {
  return async (request) => {
    const requestId = request.headers.get("x-request-id") ?? undefined;
    try {
      const isHead = request.method === "HEAD";
      const { pathname } = new URL(request.url);
      const response = await answer(`${isHead ? "GET" : request.method} ${pathname}`, request, parts);
      if (response === null)
        return wireErrorResponse("not_found", requestId === undefined ? {} : { requestId });
      return isHead ? new Response(null, response) : response;
    } catch (error) {
      return toRefusal(error, parts.logger, requestId);
    }
  };
}

async function answer(route: string, request: Request, parts: InternalApiParts): Promise<Response | null> {
  switch (route) {
    case "POST /v1/execute":
      return await execute(request, parts);
    case "POST /v1/handshake":
      return await handshake(request, parts);
    case "POST /warmup":
      return await warmup(request, parts);
    case "GET /healthz":
      return toJson(await parts.health.live());
    case "GET /readyz":
      return toJson(await parts.health.ready());
    case "GET /metrics":
      return new Response(parts.renderMetrics(), {
        headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8", ...NO_STORE },
      });
    default:
      return null;
  }
}

function toJson({ status, body }: HealthAnswer): Response {
  return Response.json(body, { status, headers: NO_STORE });
}

/** Prepare a version before its first call; the token is one of a call `POST /warmup`, over this body. */
async function warmup(request: Request, parts: InternalApiParts): Promise<Response> {
  const raw = await readBody(request, MAX_SMALL_BODY_BYTES);
  const { claims } = verifyCallToken(request.headers.get("authorization"), raw, parts);
  const { hash, install } = parseWarmup(parseJson(raw), claims);
  const began = performance.now();
  const prepared = await parts.prepare(hash, install === null ? {} : { startFor: install });
  const durationMs = Math.round(performance.now() - began);
  return Response.json(
    { content_hash: hash, prepared, started: prepared && install !== null, duration_ms: durationMs },
    { headers: NO_STORE },
  );
}

async function handshake(request: Request, parts: InternalApiParts): Promise<Response> {
  const body = parseJson(await readBody(request, MAX_SMALL_BODY_BYTES)) as { token?: unknown } | null;
  return Response.json(await parts.sessions.open(body?.token), { headers: NO_STORE });
}

async function execute(request: Request, parts: InternalApiParts): Promise<Response> {
  const raw = await readBody(request, parts.limits.executeBodyBytes);
  const header = (name: string) => request.headers.get(name);
  return Response.json(await executeRaw({ raw, header, signal: request.signal }, parts), {
    headers: NO_STORE,
  });
}

/**
 * One `POST /v1/execute`, whatever carried it.
 *
 * @throws {RunnerError} `call_token_*`: everything else is an outcome of the call
 */
export async function executeRaw(
  { raw, header, signal }: { raw: Uint8Array; header: (name: string) => string | null; signal: CallSignal },
  parts: InternalApiParts,
): Promise<ExecuteResponse> {
  // Nothing of the body is looked at before the token vouches for it.
  const { token, claims } = verifyCallToken(header("authorization"), raw, parts);
  try {
    const call = parseExecuteRequest(parseJson(raw));
    assertSameCall(claims, call);
    assertRouting(header, call.context);
    return await parts.executor.execute(call, {
      signal,
      callToken: token,
      header,
      notAfterMs: claims.deadline * 1000,
      idempotencyKey: header("x-idempotency-key") ?? undefined,
    });
  } catch (error) {
    if (!(error instanceof RunnerError)) throw error;
    return { status: error.status, headers: {}, body_b64: null, error: error.code };
  }
}

/** Routing headers are for proxies on the way; they must not contradict the body. */
function assertRouting(
  header: (name: string) => string | null,
  context: { tenant_id: string; extension_id: string },
): void {
  const tenant = header("x-alga-tenant");
  const extension = header("x-alga-extension");
  if (tenant === null || extension === null)
    throw new RunnerError("missing_routing_headers", "x-alga-tenant and x-alga-extension are required.");
  if (tenant !== context.tenant_id || extension !== context.extension_id) {
    throw new RunnerError("context_mismatch", "Routing headers and body speak of different calls.");
  }
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch (cause) {
    throw new RunnerError("invalid_request", "The body is not JSON.", { cause });
  }
}

/** The wire error of anything thrown on the way in. */
export function toRefusal(error: unknown, logger: RunnerLogger, requestId?: string): Response {
  const id = requestId === undefined ? {} : { requestId };
  if (error instanceof CodedError && isWireErrorCode(error.code)) {
    return wireErrorResponse(error.code, { message: error.message, ...id });
  }
  logger.error("request failed", { error: String(error) });
  return wireErrorResponse("internal_error", id);
}
