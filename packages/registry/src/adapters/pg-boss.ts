/**
 * Wakes delivery workers through pg-boss 12.
 *
 * Import from `@alga-ext/registry/adapters/pg-boss`.
 * @module
 */
import type { PgBoss } from "pg-boss";
import type { DeliveryQueue } from "../ports.ts";

/** Options of {@link createPgBossQueue}. */
export interface PgBossQueueOptions {
  /** Name of the pg-boss queue. @default "alga-ext-deliveries" */
  readonly name?: string;
  /** How often a worker asks pg-boss, where no notification reaches it. @default 1 */
  readonly pollingIntervalSeconds?: number;
}

/** What of pg-boss is used. */
export type PgBossClient = Pick<PgBoss, "createQueue" | "send" | "work" | "offWork" | "schedule">;

const EVERY_MINUTE = "* * * * *";
/** Wake-ups that one worker answers with one look. */
const BATCH = 50;

/**
 * A delivery queue on a pg-boss that the host has started, and stops itself.
 *
 * Jobs carry no data: a job means "look into the delivery tables". At most one waits per second, a schedule makes one
 * every minute, and none is retried, because the next one does the same. With `useListenNotify` workers are woken at
 * once. On PGlite use `new PgBoss({ db: fromPglite(pglite), backend: "pglite" })`.
 */
export function createPgBossQueue(boss: PgBossClient, options: PgBossQueueOptions = {}): DeliveryQueue {
  const { name = "alga-ext-deliveries", pollingIntervalSeconds = 1 } = options;
  let created: Promise<void> | null = null;

  function ready(): Promise<void> {
    created ??= boss
      .createQueue(name, {
        policy: "short",
        retryLimit: 0,
        expireInSeconds: 60,
        deleteAfterSeconds: 60,
        notify: true,
      })
      .catch((error: unknown) => {
        created = null;
        throw error;
      });
    return created;
  }

  return {
    async wake(at) {
      await ready();
      if (at === undefined) {
        await boss.send(name, null, { singletonKey: "now" });
        return;
      }
      const second = Math.ceil(at / 1000);
      await boss.send(name, null, { singletonKey: String(second), startAfter: new Date(second * 1000) });
    },
    async listen(look) {
      await ready();
      await boss.schedule(name, EVERY_MINUTE, null, { singletonKey: "minute" });
      const id = await boss.work(name, { batchSize: BATCH, pollingIntervalSeconds }, async () => look());
      return { stop: () => boss.offWork(name, { id, wait: false }) };
    },
  };
}
