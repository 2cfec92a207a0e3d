import { sql } from "kysely";
import type { RegistryDb } from "../db/registry-db.ts";
import { appendEvent } from "../releases/append-event.ts";
import type { DataKeys } from "./data-key.ts";
import { reencryptAll } from "./reencrypt-all.ts";

/** What {@link rotateDataKey} did. */
export interface DataKeyRotation {
  /** The key that new secrets are sealed with. */
  readonly kid: string;
  /** Secrets that were sealed again. */
  readonly reencrypted: number;
  /** Secrets that do not open; they stay as they are, and so do their keys. */
  readonly unreadable: readonly { readonly installId: string; readonly name: string }[];
  /** Keys that nothing needed any more; they are deleted. */
  readonly retired: readonly string[];
}

interface Context {
  readonly db: RegistryDb;
  readonly dataKeys: DataKeys;
  readonly clock: () => number;
}

/**
 * Give a tenant a new data key, seal all its secrets with it, and delete the keys that no secret needs any more.
 *
 * Reads and writes go on throughout. If it stops half-way nothing is lost: run it again.
 *
 * @throws {RegistryError} `key_provider_unavailable`.
 */
export async function rotateDataKey(
  context: Context,
  { tenantId, actor = "system" }: { readonly tenantId: string; readonly actor?: string },
): Promise<DataKeyRotation> {
  const { db, dataKeys, clock } = context;
  const made = await dataKeys.make(tenantId);
  await db.withTenant(tenantId, async (tx) => {
    // One rotation after the other: each sees the active key of the one before.
    await sql`select pg_advisory_xact_lock(hashtextextended(${`tenant_data_key:${tenantId}`}, 0))`.execute(
      tx,
    );
    const now = new Date(clock());
    await tx
      .updateTable("tenant_data_key")
      .set({ is_active: false })
      .where("tenant_id", "=", tenantId)
      .where("is_active", "=", true)
      .execute();
    await tx
      .insertInto("tenant_data_key")
      .values({ tenant_id: tenantId, ...made, is_active: true, created_at: now })
      .execute();
    await appendEvent(tx, { tenantId, type: "data_key_rotated", actor, payload: { kid: made.kid }, at: now });
  });
  const sealed = await reencryptAll(context, tenantId);
  return { ...sealed, retired: await retireUnused(db, tenantId) };
}

/** A foreign key backs this up: a key that a secret names cannot go. */
async function retireUnused(db: RegistryDb, tenantId: string): Promise<string[]> {
  return db.withTenant(tenantId, async (tx) => {
    const rows = await tx
      .deleteFrom("tenant_data_key as k")
      .where("k.tenant_id", "=", tenantId)
      .where("k.is_active", "=", false)
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom("tenant_extension_install_secrets as s")
              .select("s.id")
              .whereRef("s.tenant_id", "=", "k.tenant_id")
              .whereRef("s.key_id", "=", "k.kid"),
          ),
        ),
      )
      .returning("k.kid")
      .execute();
    return rows.map(({ kid }) => kid);
  });
}
