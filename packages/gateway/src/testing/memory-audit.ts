import type { ExecutionAudit, ExecutionFinished, ExecutionStarted } from "../ports.ts";

/** One row of a {@link MemoryAudit}. */
export interface MemoryAuditRow {
  readonly started: ExecutionStarted;
  readonly finished: ExecutionFinished | null;
}

/** An execution log in memory. */
export interface MemoryAudit extends ExecutionAudit {
  rows(): readonly MemoryAuditRow[];
}

/** Create an execution log in memory. */
export function createMemoryAudit(): MemoryAudit {
  const rows: MemoryAuditRow[] = [];
  return {
    async started(row) {
      rows.push({ started: row, finished: null });
      return String(rows.length - 1);
    },
    async finished(id, row) {
      const open = rows[Number(id)];
      if (open === undefined) throw new TypeError(`No row ${id}.`);
      rows[Number(id)] = { ...open, finished: row };
    },
    rows: () => rows,
  };
}
