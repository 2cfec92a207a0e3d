import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import type { RegistryDb } from "../db/registry-db.ts";

/** A lane that one worker has for a while. */
export interface ClaimedLane {
  readonly tenantId: string;
  readonly sourceId: string;
  readonly laneKey: string;
  /** Only who holds this token may settle a delivery of the lane. */
  readonly claim: string;
  /** Milliseconds since the epoch; moves on as the lease is renewed. */
  leaseUntil: number;
}

/**
 * Take lanes that are due, of any tenant, oldest first. Whoever does not settle or renew within the lease counts as
 * lost: the lane is then due again.
 */
export function claimLanes(
  db: RegistryDb,
  { now, leaseMs, limit }: { readonly now: number; readonly leaseMs: number; readonly limit: number },
): Promise<ClaimedLane[]> {
  const claim = randomUUID();
  return db.housekeeping(async (tx) => {
    const { rows } = await sql<{
      tenant_id: string;
      source_id: string;
      lane_key: string;
    }>`with due as materialized (
        select tenant_id, source_id, lane_key from extension_delivery_lane
          where due_at <= ${new Date(now)} order by due_at limit ${limit} for update skip locked)
      update extension_delivery_lane l set claim = ${claim}, due_at = ${new Date(now + leaseMs)} from due
        where l.tenant_id = due.tenant_id and l.source_id = due.source_id and l.lane_key = due.lane_key
        returning l.tenant_id, l.source_id, l.lane_key`.execute(tx);
    return rows.map((row) => ({
      tenantId: row.tenant_id,
      sourceId: row.source_id,
      laneKey: row.lane_key,
      claim,
      leaseUntil: now + leaseMs,
    }));
  });
}
