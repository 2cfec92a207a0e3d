import { sql } from "kysely";
import type { RegistryDb } from "../db/registry-db.ts";

/** How long the rows are kept that {@link sweepLogs} removes. */
export interface LogRetention {
  /** Rows of the execution log, by when the call began. @default 30 days */
  readonly executionMs?: number;
  /** Hours of usage. @default 400 days, so that a year can be compared with the one before */
  readonly usageMs?: number;
}

const DAY_MS = 86_400_000;
/** Rows of one transaction: short enough that nobody waits for it. */
const BATCH = 1000;

/**
 * Remove what is older than its retention, of every tenant: calls, finished or not, and hours of usage.
 *
 * @returns how many rows went; call it again when it answers with `isDone: false`.
 */
export async function sweepLogs(
  db: RegistryDb,
  {
    now,
    retention = {},
    maxBatches = 20,
  }: { readonly now: number; readonly retention?: LogRetention; readonly maxBatches?: number },
): Promise<{ readonly executions: number; readonly usageWindows: number; readonly isDone: boolean }> {
  const { executionMs = 30 * DAY_MS, usageMs = 400 * DAY_MS } = retention;
  const executions = await sweep(db, {
    table: "extension_execution_log",
    column: "started_at",
    before: new Date(now - executionMs),
    maxBatches,
  });
  const usage = await sweep(db, {
    table: "extension_quota_usage",
    column: "window_start",
    before: new Date(now - usageMs),
    maxBatches,
  });
  return { executions: executions.rows, usageWindows: usage.rows, isDone: executions.isDone && usage.isDone };
}

async function sweep(
  db: RegistryDb,
  {
    table,
    column,
    before,
    maxBatches,
  }: {
    readonly table: string;
    readonly column: string;
    readonly before: Date;
    readonly maxBatches: number;
  },
): Promise<{ rows: number; isDone: boolean }> {
  let rows = 0;
  for (let batch = 0; batch < maxBatches; batch++) {
    // Two sweepers at once share the work instead of waiting for each other.
    const { numAffectedRows = 0n } = await db.housekeeping((tx) =>
      sql`delete from ${sql.table(table)} where ctid = any (array(
        select ctid from ${sql.table(table)} where ${sql.ref(column)} < ${before}
        order by ${sql.ref(column)} limit ${sql.lit(BATCH)} for update skip locked))`.execute(tx),
    );
    rows += Number(numAffectedRows);
    if (numAffectedRows < BigInt(BATCH)) return { rows, isDone: true };
  }
  return { rows, isDone: false };
}
