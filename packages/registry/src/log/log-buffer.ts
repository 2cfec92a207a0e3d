import type { RegistryLogger } from "../ports.ts";
import type { LogItem } from "./rows.ts";

/** Rows of one transaction. */
const MAX_BATCH = 500;
/** Tenants written at the same time. */
const LANES = 4;
const LONGEST_RETRY_MS = 5000;

/** Rows that wait for the database, by tenant, in the order in which they came. */
export interface LogBuffer {
  readonly size: number;
  add(tenantId: string, item: LogItem): void;
  flush(): Promise<void>;
}

/** A buffer that empties itself after `maxDelayMs`; what cannot be written stays and is tried again. */
export function createLogBuffer({
  write,
  logger,
  maxDelayMs,
}: {
  readonly write: (tenantId: string, items: readonly LogItem[]) => Promise<void>;
  readonly logger: RegistryLogger | null;
  readonly maxDelayMs: number;
}): LogBuffer {
  const waiting = new Map<string, LogItem[]>();
  let size = 0;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let failures = 0;
  let running: Promise<void> | null = null;

  const arm = (): void => {
    if (timer !== null || size === 0) return;
    const delayMs = failures === 0 ? maxDelayMs : Math.min(LONGEST_RETRY_MS, maxDelayMs * 2 ** failures);
    timer = setTimeout(() => {
      timer = null;
      flush().catch((error: unknown) => {
        logger?.error("the execution log could not be written; its rows wait", {
          waiting: size,
          error: error instanceof Error ? error.message : String(error),
        });
      });
    }, delayMs);
  };

  const writeTenant = async (tenantId: string): Promise<void> => {
    for (;;) {
      const queue = waiting.get(tenantId) ?? [];
      // Rows leave the buffer only when they are durable.
      const batch = queue.slice(0, MAX_BATCH);
      if (batch.length === 0) break;
      await write(tenantId, batch);
      queue.splice(0, batch.length);
      size -= batch.length;
    }
    waiting.delete(tenantId);
  };

  const writeAll = async (): Promise<void> => {
    const tenants = [...waiting.keys()];
    const errors: unknown[] = [];
    const lane = async (): Promise<void> => {
      for (let tenant = tenants.pop(); tenant !== undefined; tenant = tenants.pop()) {
        await writeTenant(tenant).catch((error: unknown) => errors.push(error));
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    failures = errors.length === 0 ? 0 : failures + 1;
    if (errors.length > 0) throw errors[0];
  };

  /** One flush at a time: the next begins with what came meanwhile. */
  const flush = (): Promise<void> => {
    const before = running;
    running = (async () => {
      await before?.catch(() => undefined);
      try {
        await writeAll();
      } finally {
        arm();
      }
    })();
    return running;
  };

  return {
    get size() {
      return size;
    },
    add(tenantId, item) {
      const queue = waiting.get(tenantId);
      if (queue === undefined) waiting.set(tenantId, [item]);
      else queue.push(item);
      size++;
      arm();
    },
    flush,
  };
}
