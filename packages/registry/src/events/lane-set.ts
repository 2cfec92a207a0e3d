import { sql } from "kysely";
import type { TenantDb } from "../db/registry-db.ts";
import type { ClaimedLane } from "./claim-lanes.ts";

/** What tells claims of lanes of one tenant apart: also two claims of one lane, of which at most one is good. */
export function laneName({ sourceId, laneKey, claim }: Omit<ClaimedLane, "tenantId" | "leaseUntil">): string {
  return `${claim} ${sourceId} ${laneKey}`;
}

interface LaneRow {
  readonly source_id: string;
  readonly lane_key: string;
  readonly claim: string;
}

const toNames = (rows: readonly LaneRow[]): Set<string> =>
  new Set(
    rows.map(({ source_id: sourceId, lane_key: laneKey, claim }) => laneName({ sourceId, laneKey, claim })),
  );

/** Lanes as a relation `w (source_id, lane_key, claim)`. */
export function laneRows(lanes: readonly ClaimedLane[]) {
  return sql`unnest(${lanes.map(({ sourceId }) => sourceId)}::uuid[], ${lanes.map(({ laneKey }) => laneKey)}::text[],
    ${lanes.map(({ claim }) => claim)}::uuid[]) as w (source_id, lane_key, claim)`;
}

/**
 * Lock lanes for the rest of the transaction; answers the names of those that are still this worker's.
 *
 * By source, as those who emit lock them, so that nobody waits in a circle. One look-up per lane, whatever the planner
 * believes to know of tables that were empty a moment ago.
 */
export async function lockLanes(
  tx: TenantDb,
  tenantId: string,
  lanes: readonly ClaimedLane[],
): Promise<Set<string>> {
  const inOrder = lanes.toSorted((a, b) => (a.sourceId < b.sourceId ? -1 : 1));
  const { rows } = await sql<LaneRow>`
    select l.source_id, l.lane_key, l.claim from ${laneRows(inOrder)}
    cross join lateral (
      select * from extension_delivery_lane l
      where l.tenant_id = ${tenantId} and l.source_id = w.source_id and l.lane_key = w.lane_key
        and l.claim = w.claim
      for update) l`.execute(tx);
  return toNames(rows);
}

/**
 * Remove those of some locked lanes in which nothing is owed; answers their names. A statement of its own, and therefore
 * with a view of its own: who emits commits under the lane's lock, so what was emitted before is seen here.
 */
export async function removeEmpty(
  tx: TenantDb,
  tenantId: string,
  lanes: readonly ClaimedLane[],
): Promise<Set<string>> {
  if (lanes.length === 0) return new Set();
  const { rows } = await sql<LaneRow>`
    delete from extension_delivery_lane l using ${laneRows(lanes)}
      where l.tenant_id = ${tenantId} and l.source_id = w.source_id and l.lane_key = w.lane_key
        and l.claim = w.claim and (
          select d.id from extension_delivery d where d.tenant_id = ${tenantId} and d.source_id = w.source_id
            and d.lane_key = w.lane_key and d.state = 'pending' limit 1) is null
      returning l.source_id, l.lane_key, l.claim`.execute(tx);
  return toNames(rows);
}

/** When these lanes are due next, each its own time; null holds it. Who gives a lane back loses the claim. */
export async function setDue(
  tx: TenantDb,
  tenantId: string,
  lanes: readonly { readonly lane: ClaimedLane; readonly dueAt: Date | null; readonly isKept: boolean }[],
): Promise<void> {
  if (lanes.length === 0) return;
  const dueAt = lanes.map((one) => one.dueAt?.toISOString() ?? null);
  const claims = lanes.map(({ lane, isKept }) => (isKept ? lane.claim : null));
  await sql`update extension_delivery_lane l set due_at = v.due_at, claim = v.claim
    from unnest(${lanes.map(({ lane }) => lane.sourceId)}::uuid[], ${lanes.map(({ lane }) => lane.laneKey)}::text[],
      ${dueAt}::timestamptz[], ${claims}::uuid[]) as v (source_id, lane_key, due_at, claim)
    where l.tenant_id = ${tenantId} and l.source_id = v.source_id and l.lane_key = v.lane_key`.execute(tx);
}
