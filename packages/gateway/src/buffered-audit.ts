import type { ExecutionAudit, ExecutionFinished, ExecutionStarted, GatewayLogger } from "./ports.ts";

/** Options of {@link createBufferedAudit}. */
export interface BufferedAuditOptions {
  /** Longest time until a row is handed on, in milliseconds. @default 100 */
  readonly maxDelayMs?: number;
  /** Rows that may wait; a call beyond them waits until there is room, so none is dropped. @default 10000 */
  readonly maxRows?: number;
  /** Told of rows that could not be written. @default silent */
  readonly logger?: GatewayLogger;
}

/** An {@link ExecutionAudit} whose rows are written after the fact. */
export interface BufferedAudit extends ExecutionAudit {
  /** Write what waits. */
  flush(): Promise<void>;
  /** Write what waits, and take no more. */
  close(): Promise<void>;
}

/** Rows written at once. */
const WIDTH = 16;

interface Waiting {
  readonly starts: { readonly id: string; readonly row: ExecutionStarted }[];
  readonly ends: { readonly id: string; readonly row: ExecutionFinished }[];
}

/**
 * Let calls go ahead of their rows, for a log of one's own; the registry's has `mode: "buffered"`, which writes many rows
 * in one statement.
 *
 * What a crash of the process can lose: the rows of its last `maxDelayMs`, and what waits while the log is slower than
 * the calls, never more than `maxRows`. A row that the log refuses is reported and lost; its call has been made. Places
 * in quotas are given back with the rows, so as much later.
 */
export function createBufferedAudit(
  inner: ExecutionAudit,
  options: BufferedAuditOptions = {},
): BufferedAudit {
  const { maxDelayMs = 100, maxRows = 10_000, logger } = options;
  const written = new Map<string, string>();
  let waiting: Waiting = { starts: [], ends: [] };
  let timer: ReturnType<typeof setTimeout> | undefined;
  let flushing = Promise.resolve();
  let ids = 0;
  let isClosed = false;

  const lost = (error: unknown): void => logger?.error("audit_row_lost", { error: String(error) });
  const write = async ({ starts, ends }: Waiting): Promise<void> => {
    await inTurns(starts, async ({ id, row }) => {
      written.set(id, await inner.started(row));
    });
    await inTurns(ends, async ({ id, row }) => {
      const own = written.get(id);
      written.delete(id);
      // Its first half was lost, and told of.
      if (own !== undefined) await inner.finished(own, row);
    });
  };
  const inTurns = async <Row>(rows: readonly Row[], one: (row: Row) => Promise<void>): Promise<void> => {
    for (let at = 0; at < rows.length; at += WIDTH) {
      const turn = rows.slice(at, at + WIDTH).map((row) => one(row).catch(lost));
      // oxlint-disable-next-line no-await-in-loop -- the log gets so many at once and no more
      await Promise.all(turn);
    }
  };
  const flush = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const batch = waiting;
    waiting = { starts: [], ends: [] };
    flushing = flushing.then(() => write(batch));
    return flushing;
  };
  const wake = (): void => {
    timer ??= setTimeout(() => void flush(), maxDelayMs);
  };

  return {
    async started(row) {
      if (isClosed) throw new TypeError("This log is closed.");
      while (waiting.starts.length + waiting.ends.length >= maxRows) {
        // oxlint-disable-next-line no-await-in-loop -- until there is room
        await flush();
      }
      const id = String(ids++);
      waiting.starts.push({ id, row });
      wake();
      return id;
    },
    async finished(id, row) {
      waiting.ends.push({ id, row });
      wake();
    },
    flush,
    async close() {
      isClosed = true;
      await flush();
    },
  };
}
