import type { JsonValue } from "@alga-ext/protocol";
import { sql } from "kysely";
import type { SharedDb, TenantDb } from "../db/registry-db.ts";
import { chainHash, GENESIS_HASH } from "./chain-hash.ts";

/** What the release log records. */
export type ReleaseEventType =
  | "version_published"
  | "publisher_key_added"
  | "publisher_key_removed"
  | "publisher_transferred"
  | "version_deprecated"
  | "version_undeprecated"
  | "version_yanked"
  | "version_unyanked"
  | "channel_set"
  | "channel_unset"
  | "install_created"
  | "install_updated"
  | "install_enabled"
  | "install_disabled"
  | "install_removed"
  | "install_restored"
  | "install_rolled_back"
  | "install_pinned"
  | "install_unpinned"
  | "install_swept"
  | "settings_changed"
  | "domain_changed"
  | "grants_changed"
  | "secrets_changed"
  | "data_key_rotated";

/** One release event before it is chained. */
export interface ReleaseEvent {
  /** `""` for the registry's own chain, else the tenant of the transaction. */
  readonly tenantId: string;
  readonly type: ReleaseEventType;
  readonly actor: string;
  readonly payload: { readonly [key: string]: JsonValue };
  readonly at: Date;
}

/** Append one event to its chain, in the caller's transaction: the cause and its record commit together. */
export async function appendEvent(db: SharedDb | TenantDb, event: ReleaseEvent): Promise<void> {
  const tx = db as SharedDb;
  await sql`select pg_advisory_xact_lock(hashtextextended(${`release_event:${event.tenantId}`}, 0))`.execute(
    tx,
  );
  const last = await tx
    .selectFrom("release_event")
    .select(["seq", "hash"])
    .where("tenant_id", "=", event.tenantId)
    .orderBy("seq", "desc")
    .limit(1)
    .executeTakeFirst();
  const link = {
    tenantId: event.tenantId,
    seq: Number(last?.seq ?? 0) + 1,
    at: event.at.toISOString(),
    type: event.type,
    // As the database will hold it: half a character is stored as another one, and its hash would never fit again.
    actor: event.actor.toWellFormed(),
    payload: JSON.stringify(event.payload),
    prevHash: last?.hash ?? GENESIS_HASH,
  };
  await tx
    .insertInto("release_event")
    .values({
      tenant_id: link.tenantId,
      seq: link.seq,
      at: link.at,
      type: link.type,
      actor: link.actor,
      payload: link.payload,
      prev_hash: link.prevHash,
      hash: chainHash(link),
    })
    .execute();
}
