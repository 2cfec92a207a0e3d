import { sql } from "kysely";
import type { TenantDb } from "../db/registry-db.ts";
import { chargeUsage, type UsageEntry } from "../quotas/charge-usage.ts";
import { settle, type Settlement } from "../quotas/settle.ts";
import type { EndRow, StartRow } from "./rows.ts";

/** Rows of one tenant on their way to the database. */
export interface LogBatch {
  readonly tenantId: string;
  readonly starts: readonly StartRow[];
  readonly ends: readonly EndRow[];
}

/**
 * Write begun and ended calls of one tenant, and count the ended ones: all in the caller's transaction.
 *
 * A call is counted when its row goes from open to finished, which happens once: writing a batch again, after a
 * commit whose answer was lost, changes nothing.
 */
export async function writeBatch(tx: TenantDb, { tenantId, starts, ends }: LogBatch): Promise<void> {
  const endOf = new Map(ends.map((end) => [end.id, end]));
  const closed = await insertStarts(tx, { tenantId, starts, endOf });
  const begunHere = new Set(starts.map(({ id }) => id));
  closed.push(
    ...(await closeRows(
      tx,
      tenantId,
      [...endOf.values()].filter(({ id }) => !begunHere.has(id)),
    )),
  );
  await chargeUsage(
    tx,
    tenantId,
    closed.map(({ registryId, end }): UsageEntry => {
      const { cpuMs = 0, memoryMbMs = 0, egressBytes = 0 } = end.metrics;
      return { registryId, at: end.finishedAt, invocations: 1, cpuMs, memoryMbMs, egressBytes };
    }),
  );
  for (const settlements of groupByExtension(tenantId, closed)) await settle(tx, settlements);
}

interface ClosedRow {
  readonly registryId: string;
  readonly end: EndRow;
}

async function insertStarts(
  tx: TenantDb,
  { tenantId, starts, endOf }: Pick<LogBatch, "tenantId" | "starts"> & { endOf: ReadonlyMap<string, EndRow> },
): Promise<ClosedRow[]> {
  if (starts.length === 0) return [];
  const written = await tx
    .insertInto("extension_execution_log")
    .values(
      starts.map((start) => {
        const end = endOf.get(start.id);
        return {
          id: start.id,
          tenant_id: tenantId,
          registry_id: start.registryId,
          version_id: start.versionId,
          request_id: start.requestId,
          started_at: start.startedAt,
          finished_at: end?.finishedAt ?? null,
          status: end?.status ?? "started",
          metrics: JSON.stringify({ ...start.metrics, ...end?.metrics }),
          error: end?.error ?? null,
        };
      }),
    )
    .onConflict((conflict) => conflict.column("id").doNothing())
    .returning(["id", "registry_id"])
    .execute();
  return written.flatMap(({ id, registry_id: registryId }) => {
    const end = endOf.get(id);
    return end === undefined ? [] : [{ registryId, end }];
  });
}

async function closeRows(tx: TenantDb, tenantId: string, ends: readonly EndRow[]): Promise<ClosedRow[]> {
  if (ends.length === 0) return [];
  const endOf = new Map(ends.map((end) => [end.id, end]));
  const open = await tx
    .selectFrom("extension_execution_log")
    .select(["id", "registry_id", "metrics"])
    .where("tenant_id", "=", tenantId)
    .where("id", "in", [...endOf.keys()])
    .where("finished_at", "is", null)
    .orderBy("id")
    .forUpdate()
    .execute();
  const closed = open.flatMap(({ id, registry_id: registryId, metrics }) => {
    const end = endOf.get(id);
    return end === undefined ? [] : [{ registryId, end, metrics: { ...metrics, ...end.metrics } }];
  });
  if (closed.length === 0) return [];
  // Not a JSON parameter that Postgres takes apart: it would refuse NUL within the metrics.
  const rows = closed.map(
    ({ end: { id, status, error, finishedAt }, metrics }) =>
      sql`(${id}::uuid, ${status}::text, ${error}::text, ${finishedAt}::timestamptz, ${JSON.stringify(metrics)}::json)`,
  );
  await sql`update extension_execution_log l
    set status = v.status, error = v.error, finished_at = v.finished_at, metrics = v.metrics
    from (values ${sql.join(rows)}) as v(id, status, error, finished_at, metrics)
    where l.tenant_id = ${tenantId} and l.id = v.id`.execute(tx);
  return closed;
}

/** Settlements by extension, in one order for all writers, so that none waits for another in a circle. */
function groupByExtension(tenantId: string, closed: readonly ClosedRow[]): Settlement[][] {
  const groups = new Map<string, Settlement[]>();
  for (const { registryId, end } of closed) {
    const { lease } = end;
    if (lease === null || lease.tenantId !== tenantId || lease.registryId !== registryId) continue;
    groups.set(registryId, [...(groups.get(registryId) ?? []), { lease, used: end.metrics }]);
  }
  return [...groups.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}
