import { sql } from "kysely";
import type { RegistryDb } from "../db/registry-db.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
/** How long it stays known what was delivered, cancelled or discarded, and that an event was emitted. */
const DONE_MS = 7 * DAY_MS;
/** How long deliveries wait for a subscription to be resumed or an install to be switched on. */
const HELD_MS = 30 * DAY_MS;
const BATCH = 1_000;

/** What {@link sweepDeliveries} did. */
export interface SweptDeliveries {
  /** Rows of deliveries that ended a week ago. */
  readonly deliveries: number;
  /** Events of a week ago of which nothing is owed any more. */
  readonly events: number;
  /** Deliveries that were held for a month; they are in the dead letter now. */
  readonly expired: number;
}

/** Forget deliveries that ended long ago. What is owed, and what is in the dead letter, is never forgotten. */
export async function sweepDeliveries(
  db: RegistryDb,
  { now }: { readonly now: number },
): Promise<SweptDeliveries> {
  const done = new Date(now - DONE_MS);
  const expired = await inBatches(() =>
    expireHeld(db, { now: new Date(now), before: new Date(now - HELD_MS) }),
  );
  const deliveries = await inBatches(() =>
    db.housekeeping(async (tx) => {
      const { rows } = await sql`delete from extension_delivery where id in (
          select id from extension_delivery
            where state in ('delivered', 'cancelled', 'discarded') and finished_at < ${done}
            order by finished_at limit ${BATCH} for update skip locked)
        returning id`.execute(tx);
      return rows.length;
    }),
  );
  const events = await inBatches(() =>
    db.housekeeping(async (tx) => {
      const { rows } = await sql`delete from extension_event where (tenant_id, id) in (
          select e.tenant_id, e.id from extension_event e
            where e.emitted_at < ${done} and not exists (
              select from extension_delivery d where d.tenant_id = e.tenant_id and d.event_id = e.id)
            order by e.emitted_at limit ${BATCH})
        returning id`.execute(tx);
      return rows.length;
    }),
  );
  return { deliveries, events, expired };
}

/** The lane is due again afterwards: a worker removes it, or parks it anew for what is younger. */
function expireHeld(
  db: RegistryDb,
  { now, before }: { readonly now: Date; readonly before: Date },
): Promise<number> {
  return db.housekeeping(async (tx) => {
    const { rows } = await sql`with old as materialized (
        select id, tenant_id, source_id, lane_key from extension_delivery
          where state = 'pending' and created_at < ${before} order by created_at limit ${BATCH}),
      lane as materialized (
        select l.* from (select distinct tenant_id, source_id, lane_key from old) o
          cross join lateral (
            select tenant_id, source_id, lane_key from extension_delivery_lane l
              where l.tenant_id = o.tenant_id and l.source_id = o.source_id and l.lane_key = o.lane_key
                and l.due_at is null
              for update skip locked) l),
      released as (
        update extension_delivery_lane l set due_at = ${now} from lane
          where l.tenant_id = lane.tenant_id and l.source_id = lane.source_id and l.lane_key = lane.lane_key)
      update extension_delivery d set state = 'dead', reason = 'held_too_long', finished_at = ${now}
        from old join lane using (tenant_id, source_id, lane_key) where d.id = old.id
        returning d.id`.execute(tx);
    return rows.length;
  });
}

async function inBatches(sweepSome: () => Promise<number>): Promise<number> {
  let total = 0;
  for (let some = await sweepSome(); some > 0; some = await sweepSome()) total += some;
  return total;
}
