import type { Principal } from "@alga-ext/protocol";
import { GatewayError, toErrorResponse } from "../errors.ts";
import type { OriginPolicy } from "../internal/origin-policy.ts";
import { readBody } from "../internal/read-body.ts";
import { requestIdOf } from "../internal/request-id.ts";
import type { GatewayOptions } from "../options.ts";
import type { GatewayLogger } from "../ports.ts";
import { authorizeReader } from "./authorize-reader.ts";
import { DEBUG_START, parseDebugCursor, type DebugLog } from "./debug-log.ts";
import { openEventStream } from "./open-event-stream.ts";
import { isPlausibleCursor, parseStreamQuery, type StreamQuery } from "./parse-stream-query.ts";
import type { StreamPlaces } from "./stream-places.ts";

/** How the debug stream behaves. */
export interface DebugStreamOptions {
  /** Events that a new stream begins with, 0 to 2000. @default 200 */
  readonly tailCount?: number;
  /** Milliseconds of silence after which a stream says that it is still there. @default 15000 */
  readonly heartbeatMs?: number;
  /** Milliseconds after which a stream asks again whether its reader may read. @default 30000 */
  readonly recheckMs?: number;
  /** Milliseconds after which a client that takes nothing is given up. @default 60000 */
  readonly stallMs?: number;
  /** Streams that a tenant may have open at once; one more is 429. @default 20 */
  readonly maxStreamsPerTenant?: number;
}

/** What the route is made of. */
export interface DebugRoute extends Pick<GatewayOptions, "authenticate" | "installs"> {
  readonly debug: DebugLog;
  readonly debugStream: DebugStreamOptions;
  readonly origins: Pick<OriginPolicy, "refuseCrossSite">;
  readonly places: StreamPlaces;
  readonly logger: GatewayLogger;
  readonly clock: () => number;
}

/** Path of the debug stream. */
export const DEBUG_STREAM_PATH = "/api/ext-debug/stream";

const MAX_BODY_BYTES = 4096;
const MAX_TAIL = 2000;
const PAGE = 100;

/** Answer one request to the debug stream: GET streams, POST reads one page. Never rejects. */
export async function serveDebugStream(route: DebugRoute, request: Request, url: URL): Promise<Response> {
  const requestId = requestIdOf(request.headers);
  const response = await serve(route, request, url).catch((error: unknown) => {
    if (!(error instanceof GatewayError))
      route.logger.error("debug_stream_failed", { requestId, error: String(error) });
    return toErrorResponse(error, requestId);
  });
  response.headers.set("x-request-id", requestId);
  response.headers.set("x-content-type-options", "nosniff");
  return response;
}

async function serve(route: DebugRoute, request: Request, url: URL): Promise<Response> {
  if (request.method !== "GET" && request.method !== "POST") {
    throw new GatewayError("method_not_allowed", "The debug stream is read with GET or POST.", {
      details: { allow: "GET, POST" },
    });
  }
  const principal = await authorizeReader(route, request, url);
  route.origins.refuseCrossSite(request, url);
  const query = parseStreamQuery(url);
  const { tenantId } = principal;
  const install = await route.installs.resolve({ tenantId, extensionId: query.extensionId });
  // What was logged outlives an uninstall; the log is the tenant's own whatever the id.
  const extensionId = install?.tenantId === tenantId ? install.registryId : query.extensionId;
  const source = { tenantId, extensionId, query };
  return request.method === "GET"
    ? stream(route, request, { url, principal, ...source })
    : await poll(route, request, source);
}

async function poll(
  { debug }: DebugRoute,
  request: Request,
  { tenantId, extensionId, query }: { tenantId: string; extensionId: string; query: StreamQuery },
): Promise<Response> {
  const after = await lastIdOf(request);
  const page = await debug.read({ tenantId, extensionId, after, limit: PAGE, signal: request.signal });
  const { lastId, missed } = page;
  const events = page.events.filter(query.isWanted);
  return Response.json(
    { events, lastId, ...(missed === 0 ? {} : { missed }) },
    { headers: { "cache-control": "no-store" } },
  );
}

async function lastIdOf(request: Request): Promise<string> {
  const body = await readBody(request, MAX_BODY_BYTES);
  if (body === null || body.byteLength === 0) return DEBUG_START;
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(body));
  } catch (cause) {
    throw new GatewayError("invalid_request", 'The body is no JSON; send {} or {"lastId": …}.', { cause });
  }
  const lastId = typeof value === "object" && value !== null ? (value as { lastId?: unknown }).lastId : null;
  if (lastId === undefined) return DEBUG_START;
  const cursor = typeof lastId === "string" ? parseDebugCursor(lastId) : null;
  if (cursor === null) throw new GatewayError("invalid_request", "lastId is not one that was given out.");
  return cursor.join("-");
}

function stream(
  route: DebugRoute,
  request: Request,
  {
    url,
    principal,
    tenantId,
    extensionId,
    query,
  }: { url: URL; principal: Principal; tenantId: string; extensionId: string; query: StreamQuery },
): Response {
  const { debug, places, clock, debugStream: settings } = route;
  const given = request.headers.get("last-event-id") ?? "";
  const isLost = given !== "" && !isPlausibleCursor(given, clock());
  const closing = new AbortController();
  const giveBack = places.take(tenantId, () => closing.abort());
  const body = openEventStream({
    log: debug,
    tenantId,
    extensionId,
    isWanted: query.isWanted,
    after: given === "" || isLost ? null : given,
    isLost,
    tailCount: Math.min(MAX_TAIL, Math.max(0, settings.tailCount ?? 200)),
    heartbeatMs: settings.heartbeatMs ?? 15_000,
    recheckMs: settings.recheckMs ?? 30_000,
    stallMs: settings.stallMs ?? 60_000,
    recheck: async () => {
      const now = await authorizeReader(route, request, url);
      if (now.userId !== principal.userId || now.tenantId !== tenantId)
        throw new GatewayError("unauthenticated", "The session is another one now.");
    },
    clock,
    signal: AbortSignal.any([request.signal, closing.signal]),
    onEnd: giveBack,
  });
  return new Response(body, {
    headers: {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache, no-transform",
      // Proxies that buffer would keep lines back.
      "x-accel-buffering": "no",
    },
  });
}
