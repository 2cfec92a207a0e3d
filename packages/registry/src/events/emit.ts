import { randomUUID } from "node:crypto";
import type { JsonValue } from "@alga-ext/protocol";
import { sql } from "kysely";
import type { RegistryDb, TenantDb } from "../db/registry-db.ts";
import { RegistryError } from "../errors.ts";
import { EVENT_LIMITS as LIMITS } from "./limits.ts";

/** Something that happened in the host. */
export interface EmitRequest {
  readonly tenantId: string;
  /** 1 to 200 characters without white space; what a manifest subscribes to, exactly. */
  readonly topic: string;
  /** At most 100,000 characters as JSON. */
  readonly payload: JsonValue;
  /** Events of one key reach each subscription in the order of their commits. @default none: in any order */
  readonly key?: string;
  /**
   * The host's own id, at most 200 characters: emitting it again changes nothing, so a host repeats what it is not
   * sure of. @default a new UUID
   */
  readonly id?: string;
}

/** What {@link emit} did. */
export interface EmitResult {
  readonly eventId: string;
  /** False when this event was known already. */
  readonly created: boolean;
  /** How many subscriptions it is owed to. */
  readonly deliveries: number;
}

/**
 * Write an event and what is owed because of it in one transaction: once this resolves, every subscription of the
 * tenant hears of it, or a row says why not.
 *
 * @throws {RegistryError} `invalid_request`, `event_conflict` when another event has this id.
 */
export async function emit(
  context: { readonly db: RegistryDb; readonly clock: () => number; readonly wake: () => Promise<void> },
  request: EmitRequest,
): Promise<EmitResult> {
  const event = parse(request);
  const result = await context.db.withTenant(event.tenantId, (tx) =>
    write(tx, { ...event, now: new Date(context.clock()) }),
  );
  if (result.created && result.deliveries > 0) await context.wake();
  return result;
}

interface CheckedEvent {
  readonly tenantId: string;
  readonly id: string;
  readonly topic: string;
  readonly key: string | null;
  readonly payloadJson: string;
}

function parse({ tenantId, topic, payload, key, id = randomUUID() }: EmitRequest): CheckedEvent {
  const payloadJson: string | undefined = JSON.stringify(payload);
  if (payloadJson === undefined) refuse("payload", "must be JSON");
  if (payloadJson.length > LIMITS.payloadLength) {
    refuse("payload", `must have at most ${LIMITS.payloadLength} characters as JSON`);
  }
  if (typeof topic !== "string" || /[\s\p{Cc}\p{Cf}\p{Cs}]/u.test(topic)) {
    refuse("topic", "must be text without white space");
  }
  checkText("topic", topic, LIMITS.topicLength);
  checkText("id", id, LIMITS.idLength);
  if (key !== undefined) checkText("key", key, LIMITS.keyLength);
  return { tenantId, id, topic, key: key ?? null, payloadJson };
}

function checkText(field: string, text: unknown, maxLength: number): void {
  if (typeof text !== "string" || text === "" || text.length > maxLength) {
    refuse(field, `must be text of 1 to ${maxLength} characters`);
  }
  if (text.includes("\0") || !text.isWellFormed()) refuse(field, "must be well-formed text without NUL");
}

/**
 * One statement: the event, and for each subscription a lane and a delivery.
 *
 * The lane is locked in any case, and sequence numbers are given out row by row after that: this is what orders events
 * of a key by their commits. All who emit take lanes in the order of their subscriptions, so nobody waits in a circle.
 */
async function write(tx: TenantDb, event: CheckedEvent & { readonly now: Date }): Promise<EmitResult> {
  const { tenantId, id, topic, key, payloadJson, now } = event;
  const laneKey = key === null ? `e:${id}` : `k:${key}`;
  const { rows } = await sql<{ created: number; deliveries: number }>`with event as (
      insert into extension_event (tenant_id, id, topic, key, payload, emitted_at)
        values (${tenantId}, ${id}, ${topic}, ${key}, ${payloadJson}, ${now})
        on conflict (tenant_id, id) do nothing returning id),
    subscription as materialized (
      select s.id, s.install_id, i.registry_id from extension_event_subscription s
        join tenant_extension_install i on i.tenant_id = s.tenant_id and i.id = s.install_id
        where s.tenant_id = ${tenantId} and s.topic = ${topic} and i.uninstalled_at is null
          and exists (select from event)
        order by s.id),
    lane as (
      insert into extension_delivery_lane (tenant_id, source_id, lane_key, install_id, due_at)
        select ${tenantId}::text, id, ${laneKey}::text, install_id, ${now}::timestamptz from subscription order by id
        on conflict (tenant_id, source_id, lane_key) do update set install_id = excluded.install_id
        returning source_id),
    delivery as (
      insert into extension_delivery
          (tenant_id, kind, install_id, registry_id, source_id, lane_key, event_id, created_at)
        select ${tenantId}::text, 'event', s.install_id, s.registry_id, s.id, ${laneKey}::text, ${id}::text,
          ${now}::timestamptz
        from lane join subscription s on s.id = lane.source_id
        returning id)
    select (select count(*)::int from event) as created, (select count(*)::int from delivery) as deliveries`.execute(
    tx,
  );
  const [row] = rows;
  if (row === undefined || row.created === 0) return known(tx, event);
  return { eventId: id, created: true, deliveries: row.deliveries };
}

/** The same event again is answered as the first time; another one under its id would be lost, so it is refused. */
async function known(
  tx: TenantDb,
  { tenantId, id, topic, key, payloadJson }: CheckedEvent,
): Promise<EmitResult> {
  const { is_same: isSame, deliveries } = await tx
    .selectFrom("extension_event as e")
    .select(({ selectFrom }) => [
      sql<boolean>`e.topic = ${topic} and e.key is not distinct from ${key}::text and e.payload::text = ${payloadJson}`.as(
        "is_same",
      ),
      selectFrom("extension_delivery as d")
        .select(sql<number>`count(*)::int`.as("count"))
        .where("d.tenant_id", "=", tenantId)
        .where("d.event_id", "=", id)
        .as("deliveries"),
    ])
    .where("e.tenant_id", "=", tenantId)
    .where("e.id", "=", id)
    .executeTakeFirstOrThrow();
  if (!isSame) {
    throw new RegistryError(
      "event_conflict",
      "Another event has this id. Give every event an id of its own.",
      {
        details: { id },
      },
    );
  }
  return { eventId: id, created: false, deliveries: deliveries ?? 0 };
}

function refuse(field: string, problem: string): never {
  throw new RegistryError("invalid_request", `The ${field} of an event ${problem}.`, { details: { field } });
}
