import type { ExecutionLogEntry } from "@alga-ext/protocol";
import { sql } from "kysely";
import type { RegistryDb } from "../db/registry-db.ts";
import { isUuid } from "../internal/is-uuid.ts";
import { parseTime } from "../internal/parse-time.ts";
import { decodeTimeCursor, toTimeKey } from "../internal/time-key.ts";
import { toLimit, toPage, type PageQuery } from "../releases/page.ts";

/** Which calls to read. */
export interface ExecutionQuery extends PageQuery {
  readonly tenantId: string;
  /** @default every extension */
  readonly registryId?: string;
  /** `started`, `ok`, `error`, `timeout`, `policy_denied` or `upstream_error`. */
  readonly status?: string;
  readonly requestId?: string;
  /** Started at or after, RFC 3339. */
  readonly from?: string;
  /** Started before, RFC 3339. */
  readonly to?: string;
}

/** One call with all that is known of it. */
export interface ExecutionRecord extends ExecutionLogEntry {
  readonly registryId: string;
  readonly versionId: string | null;
  readonly endpointTemplate: string | null;
  readonly principalKind: string | null;
  readonly egressBytes: number;
  readonly hostCalls: number;
  readonly cpuMs: number;
  readonly memoryMbMs: number;
}

/** A page of calls, newest first. */
export interface ExecutionPage {
  readonly entries: readonly ExecutionRecord[];
  /** Opaque; null at the end. */
  readonly nextCursor: string | null;
}

/**
 * Read a page of the execution log.
 *
 * @throws {RegistryError} `invalid_request`.
 */
export async function listLog(
  db: RegistryDb,
  { tenantId, registryId, ...query }: ExecutionQuery & { readonly size?: number },
): Promise<ExecutionPage> {
  const size = query.size ?? toLimit(query.limit);
  const after = decodeTimeCursor("executions", query.cursor);
  const from = query.from === undefined ? null : parseTime(query.from, "from");
  const to = query.to === undefined ? null : parseTime(query.to, "to");
  if (registryId !== undefined && !isUuid(registryId)) return { entries: [], nextCursor: null };
  const { status, requestId } = query;
  const rows = await db.withTenant(tenantId, (tx) =>
    tx
      .selectFrom("extension_execution_log")
      .selectAll()
      .where("tenant_id", "=", tenantId)
      .$if(registryId !== undefined, (select) => select.where("registry_id", "=", registryId ?? ""))
      .$if(status !== undefined, (select) => select.where("status", "=", status ?? ""))
      .$if(requestId !== undefined, (select) => select.where("request_id", "=", requestId ?? ""))
      .$if(from !== null, (select) => select.where("started_at", ">=", from))
      .$if(to !== null, (select) => select.where("started_at", "<", to))
      .$if(after !== null, (select) =>
        select.where(sql<boolean>`(started_at, id) < (${after?.at}::timestamptz, ${after?.id}::uuid)`),
      )
      .orderBy("started_at", "desc")
      .orderBy("id", "desc")
      .limit(size + 1)
      .execute(),
  );
  const { items, nextCursor } = toPage(rows, {
    limit: size,
    list: "executions",
    keyOf: (row) => toTimeKey({ at: row.started_at, id: row.id }),
    toItem: ({ metrics, ...row }): ExecutionRecord => ({
      id: row.id,
      registryId: row.registry_id,
      versionId: row.version_id,
      requestId: row.request_id,
      startedAt: row.started_at.toISOString(),
      finishedAt: row.finished_at?.toISOString() ?? null,
      status: row.status,
      method: metrics.method,
      path: metrics.path,
      endpointTemplate: metrics.endpointTemplate ?? null,
      principalKind: metrics.principalKind ?? null,
      httpStatus: metrics.httpStatus ?? null,
      durationMs: metrics.durationMs ?? null,
      egressBytes: metrics.egressBytes ?? 0,
      hostCalls: metrics.hostCalls ?? 0,
      cpuMs: metrics.cpuMs ?? 0,
      memoryMbMs: metrics.memoryMbMs ?? 0,
      userId: metrics.userId,
      error: row.error,
      lines: metrics.lines ?? [],
    }),
  });
  return { entries: items, nextCursor };
}
