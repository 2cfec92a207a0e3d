import type { JsonValue } from "@alga-ext/protocol";
import { sql } from "kysely";
import type { RegistryDb } from "../db/registry-db.ts";
import type { DeliveryState } from "../db/tables/events.ts";
import { RegistryError } from "../errors.ts";
import { isUuid } from "../internal/is-uuid.ts";
import { decodeCursor, toLimit, toPage, type Page, type PageQuery } from "../releases/page.ts";

/** One call that was or is owed to an install. */
export interface Delivery {
  /** What the extension sees as its id, however often it is repeated. */
  readonly deliveryId: string;
  readonly kind: "event" | "schedule";
  readonly installId: string;
  readonly registryId: string;
  readonly subscriptionId: string | null;
  readonly scheduleId: string | null;
  readonly eventId: string | null;
  readonly topic: string | null;
  readonly key: string | null;
  /** ISO 8601; the tick of a schedule. */
  readonly scheduledFor: string | null;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly lastError: string | null;
  /** Why it ended other than by being delivered, such as `too_many_attempts` or `unsubscribed`. */
  readonly reason: string | null;
  /** ISO 8601. */
  readonly createdAt: string;
  /** ISO 8601; null while it is on its way. */
  readonly finishedAt: string | null;
}

/** A delivery that was given up; it waits for `replay` or `discard`. */
export interface DeadLetter extends Delivery {
  /** Of the event; a schedule's is its present one. */
  readonly payload: JsonValue | null;
}

/** Which deliveries to list, newest first. */
export interface DeliveriesQuery extends PageQuery {
  readonly tenantId: string;
  /** Of one subscription or schedule. */
  readonly sourceId?: string;
  readonly state?: DeliveryState;
}

const STATES: readonly string[] = ["pending", "delivered", "dead", "cancelled", "discarded"];
const SEQ = /^\d{1,18}$/;

/**
 * Deliveries, newest first.
 *
 * @throws {RegistryError} `invalid_request`
 */
export async function readDeliveries(db: RegistryDb, query: DeliveriesQuery): Promise<Page<Delivery>> {
  const { rows, paging } = await readRows(db, { ...query, list: "deliveries" });
  return toPage(rows, { ...paging, toItem: toDelivery });
}

/**
 * What was given up, newest first, with its payload.
 *
 * @throws {RegistryError} `invalid_request`
 */
export async function readDeadLetters(
  db: RegistryDb,
  query: Omit<DeliveriesQuery, "state">,
): Promise<Page<DeadLetter>> {
  const { rows, paging } = await readRows(db, { ...query, state: "dead", list: "dead-letters" });
  return toPage(rows, {
    ...paging,
    toItem: (row) => ({
      ...toDelivery(row),
      payload: row.kind === "event" ? row.event_payload : row.payload_json,
    }),
  });
}

async function readRows(db: RegistryDb, query: DeliveriesQuery & { readonly list: string }) {
  const { tenantId, sourceId, state, list } = query;
  const limit = toLimit(query.limit);
  const before = decodeCursor(list, query.cursor);
  if (state !== undefined && !STATES.includes(state)) {
    throw new RegistryError("invalid_request", `A state is one of ${STATES.join(", ")}.`);
  }
  if ((before !== null && !SEQ.test(before)) || (sourceId !== undefined && !isUuid(sourceId))) {
    throw new RegistryError("invalid_request", "The cursor or the source is not of this list.");
  }
  const rows = await db.withTenant(tenantId, (tx) =>
    tx
      .selectFrom("extension_delivery as d")
      .leftJoin("extension_event as e", (join) =>
        join.onRef("e.tenant_id", "=", "d.tenant_id").onRef("e.id", "=", "d.event_id"),
      )
      .leftJoin("tenant_extension_schedule as s", (join) =>
        join.onRef("s.tenant_id", "=", "d.tenant_id").onRef("s.id", "=", "d.source_id"),
      )
      .selectAll("d")
      .select(["e.topic", "e.key", "e.payload as event_payload", "s.payload_json"])
      .where("d.tenant_id", "=", tenantId)
      .$if(state !== undefined, (q) => q.where("d.state", "=", sql.lit(state ?? "dead")))
      .$if(sourceId !== undefined, (q) => q.where("d.source_id", "=", sourceId ?? ""))
      .$if(before !== null, (q) => q.where("d.seq", "<", before ?? "0"))
      .orderBy("d.seq", "desc")
      .limit(limit + 1)
      .execute(),
  );
  return { rows, paging: { limit, list, keyOf: (row: { seq: string | number }) => String(row.seq) } };
}

type Row = Awaited<ReturnType<typeof readRows>>["rows"][number];

function toDelivery(row: Row): Delivery {
  return {
    deliveryId: row.id,
    kind: row.kind,
    installId: row.install_id,
    registryId: row.registry_id,
    subscriptionId: row.kind === "event" ? row.source_id : null,
    scheduleId: row.kind === "schedule" ? row.source_id : null,
    eventId: row.event_id,
    topic: row.topic,
    key: row.key,
    scheduledFor: row.scheduled_for?.toISOString() ?? null,
    state: row.state,
    attempts: row.attempts,
    lastError: row.last_error,
    reason: row.reason,
    createdAt: row.created_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
  };
}
