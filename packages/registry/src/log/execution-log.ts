import { randomUUID } from "node:crypto";
import type { ExecutionLogEntry } from "@alga-ext/protocol";
import type { StoredMetrics } from "../db/tables/log.ts";
import type { RegistryDb } from "../db/registry-db.ts";
import { isUuid } from "../internal/is-uuid.ts";
import { capLines } from "./cap-lines.ts";

/** Row written before a call. */
export interface ExecutionStart {
  readonly tenantId: string;
  readonly registryId: string;
  readonly versionId: string | null;
  readonly requestId: string;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly userId: string | null;
  /** RFC 3339. @default now */
  readonly startedAt?: string;
}

/** What became of a call. */
export interface ExecutionEnd {
  readonly tenantId: string;
  /** `ok`, `error`, `timeout`, `policy_denied` or `upstream_error`. */
  readonly status: string;
  readonly httpStatus: number | null;
  readonly durationMs: number;
  readonly error: string | null;
  /** Guest log lines; at most 200 lines and 64 KiB of text are kept. */
  readonly lines?: readonly { readonly ts: string; readonly level: string; readonly message: string }[];
  /** RFC 3339. @default now */
  readonly finishedAt?: string;
}

/** One row per call, kept also after the extension is uninstalled. */
export interface ExecutionLog {
  /** Open a row and return its id. */
  started(row: ExecutionStart): Promise<string>;
  /** Close a row; an unknown id, or another tenant's, changes nothing. */
  finished(id: string, row: ExecutionEnd): Promise<void>;
  /** Newest first, at most `limit` (1–200). */
  recent(query: {
    readonly tenantId: string;
    readonly registryId: string;
    readonly limit?: number;
  }): Promise<ExecutionLogEntry[]>;
}

const MAX_TEXT = 2048;

/** The execution log in the registry's database. */
export function createExecutionLog({
  db,
  clock,
}: {
  readonly db: RegistryDb;
  readonly clock: () => number;
}): ExecutionLog {
  return {
    async started(row) {
      const id = randomUUID();
      const metrics: StoredMetrics = {
        method: row.method,
        path: row.path.slice(0, MAX_TEXT),
        userId: row.userId,
      };
      await db.withTenant(row.tenantId, (tx) =>
        tx
          .insertInto("extension_execution_log")
          .values({
            id,
            tenant_id: row.tenantId,
            registry_id: row.registryId,
            version_id: row.versionId,
            request_id: clean(row.requestId),
            started_at: toTime(row.startedAt, clock),
            status: "started",
            metrics: JSON.stringify(metrics),
          })
          .execute(),
      );
      return id;
    },
    async finished(id, row) {
      if (!isUuid(id)) return;
      await db.withTenant(row.tenantId, async (tx) => {
        const open = await tx
          .selectFrom("extension_execution_log")
          .select("metrics")
          .where("tenant_id", "=", row.tenantId)
          .where("id", "=", id)
          .forUpdate()
          .executeTakeFirst();
        if (open === undefined) return;
        const metrics: StoredMetrics = {
          ...open.metrics,
          httpStatus: row.httpStatus,
          durationMs: row.durationMs,
          lines: capLines(row.lines ?? []),
        };
        await tx
          .updateTable("extension_execution_log")
          .set({
            status: clean(row.status),
            error: row.error === null ? null : clean(row.error),
            finished_at: toTime(row.finishedAt, clock),
            metrics: JSON.stringify(metrics),
          })
          .where("tenant_id", "=", row.tenantId)
          .where("id", "=", id)
          .execute();
      });
    },
    async recent({ tenantId, registryId, limit = 50 }) {
      if (!isUuid(registryId)) return [];
      const rows = await db.withTenant(tenantId, (tx) =>
        tx
          .selectFrom("extension_execution_log")
          .select(["id", "request_id", "started_at", "finished_at", "status", "metrics", "error"])
          .where("tenant_id", "=", tenantId)
          .where("registry_id", "=", registryId)
          .orderBy("started_at", "desc")
          .orderBy("id")
          .limit(Math.min(Math.max(1, limit), 200))
          .execute(),
      );
      return rows.map(({ metrics, ...row }) => ({
        id: row.id,
        requestId: row.request_id,
        startedAt: row.started_at.toISOString(),
        finishedAt: row.finished_at?.toISOString() ?? null,
        status: row.status,
        method: metrics.method,
        path: metrics.path,
        httpStatus: metrics.httpStatus ?? null,
        durationMs: metrics.durationMs ?? null,
        userId: metrics.userId,
        error: row.error,
        lines: metrics.lines ?? [],
      }));
    },
  };
}

function toTime(text: string | undefined, clock: () => number): Date {
  const time = text === undefined ? Number.NaN : Date.parse(text);
  return new Date(Number.isNaN(time) ? clock() : time);
}

/** Postgres text cannot hold NUL. */
function clean(text: string): string {
  return text.slice(0, MAX_TEXT).replaceAll("\0", "\u{fffd}").toWellFormed();
}
