import type { TenantDb } from "../db/registry-db.ts";
import type { StoredDomainStatus } from "../db/tables/installs.ts";
import { appendEvent } from "../releases/append-event.ts";

/** First pause between two attempts; it doubles up to {@link LONGEST_PAUSE_MS}. */
const PAUSE_MS = 5000;
const LONGEST_PAUSE_MS = 10 * 60 * 1000;
/** How often what is ready is looked at again: somebody may have removed it outside. */
const RECHECK_MS = 60 * 60 * 1000;

/** A host name that a worker has for a while. */
export interface DomainTask {
  readonly host: string;
  readonly tenantId: string;
  readonly installId: string;
  readonly isWanted: boolean;
  readonly generation: string;
  /** This one included. */
  readonly attempts: number;
}

/**
 * Write down what an order came to, unless something else is wanted by now: then it is looked at again, because what
 * was done just now may have undone what that brought.
 */
export async function settleDomain(
  tx: TenantDb,
  outcome: { readonly task: DomainTask; readonly status: StoredDomainStatus | "removed"; readonly now: Date },
): Promise<void> {
  const { task, status, now } = outcome;
  const { host, tenantId } = task;
  // The install's row first, as everywhere.
  const install = await tx
    .selectFrom("tenant_extension_install")
    .select(["id", "registry_id", "runner_status"])
    .where("tenant_id", "=", tenantId)
    .where("runner_domain", "=", host)
    .forUpdate()
    .executeTakeFirst();
  const row = await tx
    .selectFrom("extension_domain")
    .select("generation")
    .where("host", "=", host)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) return;
  const mine = tx.updateTable("extension_domain").where("host", "=", host);
  if (row.generation !== task.generation) {
    await mine.set({ next_attempt_at: now }).execute();
    return;
  }
  if (status === "removed") {
    await tx.deleteFrom("extension_domain").where("host", "=", host).execute();
    return;
  }
  const { isSettled, pauseMs } = pauseAfter(task, status);
  await mine
    .set({
      next_attempt_at: new Date(now.getTime() + pauseMs),
      updated_at: now,
      ...(isSettled ? { attempts: 1 } : {}),
    })
    .execute();
  if (install === undefined || isSame(install.runner_status, status)) return;
  await tx
    .updateTable("tenant_extension_install")
    .set({ runner_status: JSON.stringify(status) })
    .where("tenant_id", "=", tenantId)
    .where("id", "=", install.id)
    .execute();
  if (install.runner_status.state === status.state) return;
  await appendEvent(tx, {
    tenantId,
    type: "domain_changed",
    actor: "system",
    payload: { registryId: install.registry_id, installId: install.id, host, state: status.state },
    at: now,
  });
}

function pauseAfter(
  { attempts }: DomainTask,
  { state }: StoredDomainStatus,
): { readonly isSettled: boolean; readonly pauseMs: number } {
  if (state === "ready") return { isSettled: true, pauseMs: RECHECK_MS };
  if (state === "error") return { isSettled: true, pauseMs: LONGEST_PAUSE_MS };
  return {
    isSettled: false,
    pauseMs: Math.min(PAUSE_MS * 2 ** Math.min(attempts - 1, 10), LONGEST_PAUSE_MS),
  };
}

function isSame(one: StoredDomainStatus, other: StoredDomainStatus): boolean {
  return one.state === other.state && one.message === other.message;
}
