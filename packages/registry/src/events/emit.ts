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

async function write(tx: TenantDb, event: CheckedEvent & { readonly now: Date }): Promise<EmitResult> {
  const { tenantId, id, topic, key, payloadJson, now } = event;
  const created = await tx
    .insertInto("extension_event")
    .values({ tenant_id: tenantId, id, topic, key, payload: payloadJson, emitted_at: now })
    .onConflict((conflict) => conflict.columns(["tenant_id", "id"]).doNothing())
    .returning("id")
    .executeTakeFirst();
  if (created === undefined) return known(tx, event);
  const subscriptions = await tx
    .selectFrom("extension_event_subscription as s")
    .innerJoin("tenant_extension_install as i", (join) =>
      join.onRef("i.tenant_id", "=", "s.tenant_id").onRef("i.id", "=", "s.install_id"),
    )
    .select(["s.id", "s.install_id", "i.registry_id"])
    .where("s.tenant_id", "=", tenantId)
    .where("s.topic", "=", topic)
    .where("i.uninstalled_at", "is", null)
    // All who emit lock lanes in the same order, so that nobody waits in a circle.
    .orderBy("s.id")
    .execute();
  if (subscriptions.length === 0) return { eventId: id, created: true, deliveries: 0 };
  const place = { tenant_id: tenantId, lane_key: key === null ? `e:${id}` : `k:${key}` };
  // The lock of the lane is what orders events of a key: sequence numbers are given out under it.
  await tx
    .insertInto("extension_delivery_lane")
    .values(
      subscriptions.map((one) => ({
        ...place,
        source_id: one.id,
        install_id: one.install_id,
        due_at: now,
        claim: null,
      })),
    )
    .onConflict((conflict) =>
      conflict
        .columns(["tenant_id", "source_id", "lane_key"])
        .doUpdateSet({ install_id: sql.ref("extension_delivery_lane.install_id") }),
    )
    .execute();
  await tx
    .insertInto("extension_delivery")
    .values(
      subscriptions.map((one) => ({
        ...place,
        kind: "event" as const,
        install_id: one.install_id,
        registry_id: one.registry_id,
        source_id: one.id,
        event_id: id,
        scheduled_for: null,
        state: "pending" as const,
        attempts: 0,
        last_error: null,
        reason: null,
        created_at: now,
        finished_at: null,
      })),
    )
    .execute();
  return { eventId: id, created: true, deliveries: subscriptions.length };
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
