import { sql } from "kysely";
import type { RegistryDb, TenantDb } from "../db/registry-db.ts";
import { RegistryError } from "../errors.ts";
import { isUuid } from "../internal/is-uuid.ts";
import { EVENT_LIMITS } from "./limits.ts";

/** Which dead letters: by id, at most 1,000, or all of one subscription or schedule. */
export type DeadLetterSelection = { readonly tenantId: string } & (
  | { readonly deliveryIds: readonly string[] }
  | { readonly sourceId: string }
);

/**
 * Owe dead letters again, with fresh attempts and the id they had; answers how many. At most 1,000 at once: repeat
 * until it answers 0.
 *
 * Each goes back to its own place, so it is next in its key: later events of the key may have been delivered.
 *
 * @throws {RegistryError} `invalid_request`
 */
export async function replay(
  context: { readonly db: RegistryDb; readonly clock: () => number; readonly wake: () => Promise<void> },
  selection: DeadLetterSelection,
): Promise<number> {
  const now = new Date(context.clock());
  const count = await context.db.withTenant(selection.tenantId, async (tx) => {
    const lanes = await sql<{
      readonly source_id: string;
    }>`with picked as materialized (${pick(selection)}),
      lanes as (
        insert into extension_delivery_lane (tenant_id, source_id, lane_key, install_id, due_at)
          select distinct on (source_id, lane_key) tenant_id, source_id, lane_key, install_id, ${now}::timestamptz
            from picked order by source_id, lane_key
          on conflict (tenant_id, source_id, lane_key) do update set install_id = extension_delivery_lane.install_id
          returning source_id)
      select source_id from lanes`.execute(tx);
    if (lanes.rows.length === 0) return 0;
    return settle(tx, { selection, state: "pending", now });
  });
  if (count > 0) await context.wake();
  return count;
}

/**
 * Give dead letters up for good; their rows stay until they are swept. Answers how many, at most 1,000 at once.
 *
 * @throws {RegistryError} `invalid_request`
 */
export function discard(
  context: { readonly db: RegistryDb; readonly clock: () => number },
  selection: DeadLetterSelection,
): Promise<number> {
  const now = new Date(context.clock());
  return context.db.withTenant(selection.tenantId, (tx) =>
    settle(tx, { selection, state: "discarded", now }),
  );
}

async function settle(
  tx: TenantDb,
  request: {
    readonly selection: DeadLetterSelection;
    readonly state: "pending" | "discarded";
    readonly now: Date;
  },
): Promise<number> {
  const { selection, state, now } = request;
  const changed =
    state === "pending"
      ? sql`state = 'pending', attempts = 0, reason = null, finished_at = null`
      : sql`state = 'discarded', finished_at = ${now}`;
  const { rows } = await sql`with picked as materialized (${pick(selection)})
    update extension_delivery d set ${changed} from picked where d.id = picked.id and d.state = 'dead'
    returning d.id`.execute(tx);
  return rows.length;
}

/** Oldest first, and locked: two who replay at once do not owe the same delivery twice. */
function pick(selection: DeadLetterSelection) {
  const { tenantId } = selection;
  const ids = "deliveryIds" in selection ? selection.deliveryIds : null;
  if (ids !== null && (ids.length > EVENT_LIMITS.perCall || ids.some((id) => !isUuid(id)))) {
    throw new RegistryError(
      "invalid_request",
      `Name at most ${EVENT_LIMITS.perCall} deliveries by their ids.`,
    );
  }
  const source = "sourceId" in selection ? selection.sourceId : null;
  if (source !== null && !isUuid(source)) {
    throw new RegistryError("invalid_request", "Name a subscription or a schedule by its id.");
  }
  const which =
    ids === null
      ? sql`source_id = ${source}`
      : ids.length === 0
        ? sql`false`
        : sql`id in (${sql.join(ids.map((id) => sql`${id}::uuid`))})`;
  return sql`select id, tenant_id, source_id, lane_key, install_id from extension_delivery
    where tenant_id = ${tenantId} and state = 'dead' and ${which}
    order by seq limit ${EVENT_LIMITS.perCall} for update`;
}
