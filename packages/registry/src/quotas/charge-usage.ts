import type { TenantDb } from "../db/registry-db.ts";

/** Length of a usage window. */
export const USAGE_WINDOW_MS = 3_600_000;

/** What one extension used at a time. */
export interface UsageEntry {
  readonly registryId: string;
  readonly at: Date;
  readonly invocations: number;
  readonly cpuMs: number;
  readonly memoryMbMs: number;
  readonly egressBytes: number;
}

/** Add to the usage of the hours in question, in the caller's transaction. */
export async function chargeUsage(
  tx: TenantDb,
  tenantId: string,
  entries: readonly UsageEntry[],
): Promise<void> {
  const rows = new Map<string, UsageEntry>();
  for (const entry of entries) {
    const at = new Date(Math.floor(entry.at.getTime() / USAGE_WINDOW_MS) * USAGE_WINDOW_MS);
    const key = `${entry.registryId} ${at.toISOString()}`;
    const sum = rows.get(key);
    rows.set(key, {
      registryId: entry.registryId,
      at,
      invocations: entry.invocations + (sum?.invocations ?? 0),
      cpuMs: entry.cpuMs + (sum?.cpuMs ?? 0),
      memoryMbMs: entry.memoryMbMs + (sum?.memoryMbMs ?? 0),
      egressBytes: entry.egressBytes + (sum?.egressBytes ?? 0),
    });
  }
  if (rows.size === 0) return;
  // One order for all writers, so that none waits for another in a circle.
  const ordered = [...rows.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1));
  await tx
    .insertInto("extension_quota_usage")
    .values(
      ordered.map(([, entry]) => ({
        tenant_id: tenantId,
        registry_id: entry.registryId,
        window_start: entry.at,
        invocations: entry.invocations,
        cpu_ms: entry.cpuMs,
        mem_mb_ms: entry.memoryMbMs,
        egress_bytes: entry.egressBytes,
      })),
    )
    .onConflict((conflict) =>
      conflict.columns(["tenant_id", "registry_id", "window_start"]).doUpdateSet((eb) => ({
        invocations: eb("extension_quota_usage.invocations", "+", eb.ref("excluded.invocations")),
        cpu_ms: eb("extension_quota_usage.cpu_ms", "+", eb.ref("excluded.cpu_ms")),
        mem_mb_ms: eb("extension_quota_usage.mem_mb_ms", "+", eb.ref("excluded.mem_mb_ms")),
        egress_bytes: eb("extension_quota_usage.egress_bytes", "+", eb.ref("excluded.egress_bytes")),
      })),
    )
    .execute();
}
