import { sql } from "kysely";
import type { RegistryDb } from "../db/registry-db.ts";
import { RegistryError } from "../errors.ts";
import { isUuid } from "../internal/is-uuid.ts";
import { toEffective, type CallLimit, type EffectiveLimits, type QuotaLimits } from "./limits.ts";
import { DEFAULT_PLAN, mergedLimits } from "./merged-limits.ts";

/** Limits of one extension of a tenant, and where its window stands. */
export interface LimitsInForce {
  readonly plan: string;
  /** Null is no limit. */
  readonly limits: EffectiveLimits;
  /** What the window under way has used, amounts reserved by running calls included. */
  readonly used: { readonly [limit in CallLimit]: number };
  /** When that window ends, RFC 3339. */
  readonly resetsAt: string;
}

/**
 * Read the limits that hold, and what is used of them.
 *
 * @throws {RegistryError} `extension_not_found` for an id that is no registry id.
 */
export async function readLimits(
  { db, clock }: { readonly db: RegistryDb; readonly clock: () => number },
  { tenantId, registryId }: { readonly tenantId: string; readonly registryId: string },
): Promise<LimitsInForce> {
  if (!isUuid(registryId)) {
    throw new RegistryError("extension_not_found", "Quotas are kept by the registry id of an extension.");
  }
  const now = clock();
  return db.withTenant(tenantId, async (tx) => {
    const { rows } = await sql<{ plan: string | null; limits: QuotaLimits }>`select
      ${mergedLimits(tenantId, registryId.toLowerCase())} as limits,
      (select plan from extension_quota_limit where tenant_id = ${tenantId} and scope = 'tenant') as plan`.execute(
      tx,
    );
    const limits = toEffective(rows[0]?.limits ?? {});
    const state = await tx
      .selectFrom("extension_quota_state")
      .selectAll()
      .where("tenant_id", "=", tenantId)
      .where("registry_id", "=", registryId)
      .executeTakeFirst();
    const windowMs = limits.windowSeconds * 1000;
    const opened = Math.max(Math.floor(now / windowMs) * windowMs, 0);
    const isCurrent = state !== undefined && state.window_start.getTime() >= opened;
    const windowStart = isCurrent ? state.window_start.getTime() : opened;
    return {
      plan: rows[0]?.plan ?? DEFAULT_PLAN,
      limits,
      used: {
        invocations: isCurrent ? Number(state.invocations) : 0,
        cpuMs: isCurrent ? Number(state.cpu_ms) : 0,
        memoryMbMs: isCurrent ? Number(state.mem_mb_ms) : 0,
        egressBytes: isCurrent ? Number(state.egress_bytes) : 0,
        concurrent: Object.values(state?.running ?? {}).filter((lapses) => lapses > now).length,
      },
      resetsAt: new Date(windowStart + windowMs).toISOString(),
    };
  });
}
