import type { HousekeepingDb, TenantDb } from "../db/registry-db.ts";
import type { StoredDomainStatus } from "../db/tables/installs.ts";
import type { DomainProvisioner } from "../ports.ts";
import { appendEvent } from "../releases/append-event.ts";
import type { DomainContext } from "./create-domains.ts";

/** How long one order may take. */
const TIMEOUT_MS = 30_000;
/** How long a worker has a host name to itself; longer than an order takes. */
const LEASE_MS = 60_000;
/** First pause between two attempts; it doubles up to {@link LONGEST_PAUSE_MS}. */
const PAUSE_MS = 5000;
const LONGEST_PAUSE_MS = 10 * 60 * 1000;
/** How often what is ready is looked at again: somebody may have removed it outside. */
const RECHECK_MS = 60 * 60 * 1000;
/** Orders that could not be placed before an administrator is told. */
const FAILURES_UNTIL_TOLD = 5;

/** What one step did. */
export interface DomainWork {
  readonly ready: number;
  /** Asked about again later. */
  readonly waiting: number;
  /** Refused, or nobody took the order. */
  readonly failed: number;
  readonly removed: number;
}

interface Task {
  readonly host: string;
  readonly tenantId: string;
  readonly installId: string;
  readonly isWanted: boolean;
  readonly generation: string;
  /** This one included. */
  readonly attempts: number;
}

/** Provision and remove the host names that are due; each order is placed outside of any transaction. */
export async function provisionPending(
  context: DomainContext,
  { limit = 20 }: { readonly limit?: number },
): Promise<DomainWork> {
  const work = { ready: 0, waiting: 0, failed: 0, removed: 0 };
  const { provisioner, db, clock } = context;
  if (provisioner === null) return work;
  const tasks = await db.housekeeping((tx) => claim(tx, { limit, now: new Date(clock()) }));
  for (const task of tasks) {
    const status = await carryOut(task, provisioner, context);
    const now = new Date(clock());
    await db.withTenant(task.tenantId, (tx) => settle(tx, { task, status, now }));
    if (status === "removed") work.removed += 1;
    else if (status.state === "ready") work.ready += 1;
    else if (status.state === "provisioning") work.waiting += 1;
    else work.failed += 1;
  }
  return work;
}

async function claim(
  tx: HousekeepingDb,
  { limit, now }: { readonly limit: number; readonly now: Date },
): Promise<Task[]> {
  const due = await tx
    .selectFrom("extension_domain")
    .selectAll()
    .where("next_attempt_at", "<=", now)
    .orderBy("next_attempt_at")
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();
  for (const { host, attempts } of due) {
    await tx
      .updateTable("extension_domain")
      .set({ attempts: attempts + 1, next_attempt_at: new Date(now.getTime() + LEASE_MS) })
      .where("host", "=", host)
      .execute();
  }
  return due.map((row) => ({
    host: row.host,
    tenantId: row.tenant_id,
    installId: row.install_id,
    isWanted: row.is_wanted,
    generation: row.generation,
    attempts: row.attempts + 1,
  }));
}

async function carryOut(
  task: Task,
  provisioner: DomainProvisioner,
  { logger }: Pick<DomainContext, "logger">,
): Promise<StoredDomainStatus | "removed"> {
  const { host, tenantId, installId } = task;
  const options = { signal: AbortSignal.timeout(TIMEOUT_MS) };
  try {
    if (!task.isWanted) {
      await provisioner.remove({ host }, options);
      return "removed";
    }
    const { state, message } = await provisioner.provision({ host, tenantId, installId }, options);
    return { state, ...(message === undefined ? {} : { message: message.slice(0, 500) }) };
  } catch (error) {
    logger?.warn("a host name could not be changed", { host, attempts: task.attempts, error: String(error) });
    const message = "The order could not be placed; it is tried again.";
    const isTold = task.attempts >= FAILURES_UNTIL_TOLD;
    return { state: isTold ? "provisioning_enqueue_failed" : "provisioning", message };
  }
}

async function settle(
  tx: TenantDb,
  outcome: { readonly task: Task; readonly status: StoredDomainStatus | "removed"; readonly now: Date },
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
    // Wanted differently meanwhile, and what was done just now may have undone what that brought: look again.
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
  { attempts }: Task,
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
