import { randomUUID } from "node:crypto";
import { sql, type RawBuilder } from "kysely";
import type { HousekeepingDb, RegistryDb } from "../db/registry-db.ts";

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

/** How many lanes to take, for how long, and from where on. */
export interface LaneClaim {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly leaseMs: number;
  readonly limit: number;
  /** Tenant whose turn was last; `""` at the beginning. */
  readonly after: string;
}

/**
 * Take lanes that are due, of any tenant. Whoever does not settle or renew within the lease counts as lost: the lane is
 * then due again.
 *
 * Tenants come one after the other, from the one behind `after` on, each with an equal share and its oldest lanes first.
 * So a tenant with a hundred thousand lanes keeps nobody else waiting.
 *
 * @returns the lanes, and the tenant whose turn was last
 */
export function claimLanes(
  db: RegistryDb,
  request: LaneClaim,
): Promise<{ readonly lanes: readonly ClaimedLane[]; readonly last: string }> {
  const { now, leaseMs, limit, after } = request;
  const claim = randomUUID();
  return db.housekeeping(async (tx) => {
    const behind = await claimShares(tx, request, claim);
    const left = limit - behind.length;
    const rest = left === 0 ? [] : await claimShares(tx, { ...request, limit: left, after: "" }, claim);
    const [last] = (rest.length > 0 ? rest : behind).toSorted((a, b) => b.turn - a.turn);
    const lanes = [...behind, ...rest].map((row) => ({
      tenantId: row.tenant_id,
      sourceId: row.source_id,
      laneKey: row.lane_key,
      claim,
      leaseUntil: now + leaseMs,
    }));
    return { lanes, last: last?.tenant_id ?? after };
  });
}

interface Share {
  readonly tenant_id: string;
  readonly source_id: string;
  readonly lane_key: string;
  readonly turn: number;
}

async function claimShares(
  tx: HousekeepingDb,
  { now, leaseMs, limit, after }: LaneClaim,
  claim: string,
): Promise<readonly Share[]> {
  const at = new Date(now);
  // One look-up in an index for each tenant, however many lanes it has.
  const next = (tenant: RawBuilder<unknown>) => sql`select tenant_id from extension_delivery_lane
    where tenant_id > ${tenant} and due_at <= ${at} order by tenant_id, due_at limit 1`;
  const { rows } = await sql<Share>`with recursive tenant (tenant_id, turn) as (
      select first.tenant_id, 1 from (${next(sql`${after}::text`)}) as first
      union all
      select following.tenant_id, tenant.turn + 1 from tenant
        cross join lateral (${next(sql.ref("tenant.tenant_id"))}) as following where tenant.turn < ${limit}),
    due as materialized (
      select open.*, tenant.turn from tenant cross join lateral (
        select tenant_id, source_id, lane_key from extension_delivery_lane
          where tenant_id = tenant.tenant_id and due_at <= ${at}
          order by due_at limit (select ceil(${limit}::int / count(*)::float8)::int from tenant)
          for update skip locked) as open
        limit ${limit})
    update extension_delivery_lane l set claim = ${claim}, due_at = ${new Date(now + leaseMs)} from due
      where l.tenant_id = due.tenant_id and l.source_id = due.source_id and l.lane_key = due.lane_key
      returning l.tenant_id, l.source_id, l.lane_key, due.turn`.execute(tx);
  return rows;
}
