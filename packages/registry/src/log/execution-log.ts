import { randomUUID } from "node:crypto";
import type { ExecutionLogEntry } from "@alga-ext/protocol";
import type { RegistryDb } from "../db/registry-db.ts";
import type { RegistryLogger } from "../ports.ts";
import { listLog, type ExecutionPage, type ExecutionQuery } from "./list-log.ts";
import { createLogWriter, type LogMode } from "./log-writer.ts";
import { toEndRow, toStartRow, type ExecutionEnd, type ExecutionStart } from "./rows.ts";

/** One row per call, kept also after the extension is uninstalled. */
export interface ExecutionLog {
  /** `strict`: rows are durable before `started` and `finished` resolve. `buffered`: at most a moment later. */
  readonly mode: LogMode;
  /**
   * Open a row and return its id.
   *
   * @throws {RegistryError} `log_unavailable` when the buffer of mode `buffered` is full.
   */
  started(row: ExecutionStart): Promise<string>;
  /**
   * Close a row, count what the call used and give back its place, in one transaction. An unknown id, or another
   * tenant's, changes nothing, and neither does closing it again.
   */
  finished(id: string, row: ExecutionEnd): Promise<void>;
  /** Newest first, at most `limit` (1–200). */
  recent(query: {
    readonly tenantId: string;
    readonly registryId: string;
    readonly limit?: number;
  }): Promise<ExecutionLogEntry[]>;
  /**
   * One page, newest first; rows added meanwhile neither repeat nor push out any.
   *
   * @throws {RegistryError} `invalid_request`.
   */
  list(query: ExecutionQuery): Promise<ExecutionPage>;
  /** Write what is buffered; rejects, and keeps it, when that fails. */
  flush(): Promise<void>;
}

/** How the execution log is written. */
export interface ExecutionLogOptions {
  /** @default "strict" */
  readonly mode?: LogMode;
  /** Longest time in mode `buffered` until a row is written, 1 to 100 ms. @default 100 */
  readonly maxDelayMs?: number;
  /** Rows that may wait in mode `buffered`, as they do while the database is away. @default 10000 */
  readonly maxRows?: number;
}

/** The execution log in the registry's database. */
export function createExecutionLog({
  db,
  clock,
  logger,
  ...options
}: ExecutionLogOptions & {
  readonly db: RegistryDb;
  readonly clock: () => number;
  readonly logger?: RegistryLogger;
}): ExecutionLog {
  const writer = createLogWriter({ db, logger: logger ?? null, ...options });
  return Object.freeze<ExecutionLog>({
    mode: writer.mode,
    async started(row) {
      const id = randomUUID();
      await writer.start(row.tenantId, toStartRow(id, row, clock()));
      return id;
    },
    finished: (id, row) => writer.end(row.tenantId, toEndRow(id, row, clock())),
    async recent({ tenantId, registryId, limit = 50 }) {
      const size = Math.min(Math.max(1, limit), 200);
      const { entries } = await listLog(db, { tenantId, registryId, size });
      return [...entries];
    },
    list: (query) => listLog(db, query),
    flush: () => writer.flush(),
  });
}
