import type { HousekeepingDb } from "../db/registry-db.ts";
import type { StoredDomainStatus } from "../db/tables/installs.ts";
import type { DomainProvisioner } from "../ports.ts";
import type { DomainContext } from "./create-domains.ts";
import { settleDomain, type DomainTask } from "./settle-domain.ts";

/** How long one order may take. */
const TIMEOUT_MS = 30_000;
/** How long a worker has a host name to itself; longer than an order takes. */
const LEASE_MS = 60_000;
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
    await db.withTenant(task.tenantId, (tx) => settleDomain(tx, { task, status, now }));
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
): Promise<DomainTask[]> {
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
  task: DomainTask,
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
