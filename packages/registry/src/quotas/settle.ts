import type { TenantDb } from "../db/registry-db.ts";
import type { QuotaAmounts, QuotaLease } from "@alga-ext/protocol";

/** An ended call: the place it held, and what it used. */
export interface Settlement {
  readonly lease: QuotaLease;
  readonly used: QuotaAmounts;
}

/**
 * Give back places of ended calls of one extension, and exchange what was charged beforehand for what was used.
 *
 * A lease counts once: one that is unknown, lapsed or settled before changes nothing.
 */
export async function settle(tx: TenantDb, settlements: readonly Settlement[]): Promise<void> {
  const [first] = settlements;
  if (first === undefined) return;
  const { tenantId, registryId } = first.lease;
  const row = await tx
    .selectFrom("extension_quota_state")
    .select(["window_start", "cpu_ms", "mem_mb_ms", "egress_bytes", "running"])
    .where("tenant_id", "=", tenantId)
    .where("registry_id", "=", registryId)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) return;
  const running = new Map(Object.entries(row.running));
  const totals = {
    cpuMs: Number(row.cpu_ms),
    memoryMbMs: Number(row.mem_mb_ms),
    egressBytes: Number(row.egress_bytes),
  };
  for (const { lease, used } of settlements) {
    if (!running.delete(lease.id)) continue;
    const isSameWindow = lease.windowStart === row.window_start.toISOString();
    for (const amount of ["cpuMs", "memoryMbMs", "egressBytes"] as const) {
      const charged = lease.reserve[amount] ?? 0;
      // What was charged to a window that is over stays there.
      if (isSameWindow) totals[amount] += (used[amount] ?? 0) - charged;
      else if (charged === 0) totals[amount] += used[amount] ?? 0;
    }
  }
  await tx
    .updateTable("extension_quota_state")
    .set({
      cpu_ms: Math.max(0, totals.cpuMs),
      mem_mb_ms: Math.max(0, totals.memoryMbMs),
      egress_bytes: Math.max(0, totals.egressBytes),
      running: JSON.stringify(Object.fromEntries(running)),
    })
    .where("tenant_id", "=", tenantId)
    .where("registry_id", "=", registryId)
    .execute();
}
