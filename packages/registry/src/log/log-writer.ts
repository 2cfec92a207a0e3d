import type { RegistryDb } from "../db/registry-db.ts";
import { RegistryError } from "../errors.ts";
import { isTenantId } from "../internal/is-tenant-id.ts";
import { isUuid } from "../internal/is-uuid.ts";
import type { RegistryLogger } from "../ports.ts";
import { createCoalescer } from "../quotas/coalesce.ts";
import { createLogBuffer } from "./log-buffer.ts";
import type { EndRow, LogItem, StartRow } from "./rows.ts";
import { writeBatch } from "./write-batch.ts";

/** When rows of the execution log are durable: before the caller goes on, or at most a moment later. */
export type LogMode = "strict" | "buffered";

/** Writes rows of the execution log. */
export interface LogWriter {
  readonly mode: LogMode;
  start(tenantId: string, row: StartRow): Promise<void>;
  end(tenantId: string, row: EndRow): Promise<void>;
  flush(): Promise<void>;
}

/** The writer of one mode; both write rows of a tenant that come together in one transaction. */
export function createLogWriter({
  db,
  logger,
  mode = "strict",
  maxDelayMs = 100,
  maxRows = 10_000,
}: {
  readonly db: RegistryDb;
  readonly logger: RegistryLogger | null;
  readonly mode?: LogMode;
  readonly maxDelayMs?: number;
  readonly maxRows?: number;
}): LogWriter {
  if (!(maxDelayMs >= 1 && maxDelayMs <= 100)) throw new TypeError("maxDelayMs is 1 to 100");
  const write = async (tenantId: string, items: readonly LogItem[]): Promise<void> => {
    const starts = items.flatMap((item) => ("start" in item ? [item.start] : []));
    const ends = items.flatMap((item) => ("end" in item ? [item.end] : []));
    await db.withTenant(tenantId, (tx) => writeBatch(tx, { tenantId, starts, ends }));
  };
  const assertStart = (tenantId: string, { registryId, versionId }: StartRow): void => {
    // In a batch one row that the database refuses would take others with it, so such a row never gets there.
    if (!isTenantId(tenantId)) throw new TypeError("A tenant id is 1 to 255 characters of text.");
    if (!isUuid(registryId) || (versionId !== null && !isUuid(versionId))) {
      throw new TypeError("An execution names its extension and version by their UUIDs.");
    }
  };

  if (mode === "strict") {
    const writeSoon = createCoalescer<LogItem, null>(async (tenantId, items) => {
      await write(tenantId, items);
      return items.map(() => null);
    });
    return {
      mode,
      async start(tenantId, start) {
        assertStart(tenantId, start);
        await writeSoon(tenantId, { start });
      },
      async end(tenantId, end) {
        if (isUuid(end.id)) await writeSoon(tenantId, { end });
      },
      flush: () => Promise.resolve(),
    };
  }
  const buffer = createLogBuffer({ write, logger, maxDelayMs });
  return {
    mode,
    async start(tenantId, start) {
      assertStart(tenantId, start);
      if (buffer.size >= maxRows) {
        throw new RegistryError(
          "log_unavailable",
          "The execution log cannot be written at the moment, and what waits for it fills its buffer; try again.",
          { details: { waiting: buffer.size, maxRows }, retryable: true },
        );
      }
      buffer.add(tenantId, { start });
    },
    async end(tenantId, end) {
      if (isUuid(end.id)) buffer.add(tenantId, { end });
    },
    flush: () => buffer.flush(),
  };
}
