import type { JsonValue } from "@alga-ext/protocol";
import type { Transaction } from "kysely";
import type { HousekeepingDb, SharedDb, TenantDb } from "../db/registry-db.ts";
import type { Tables } from "../db/schema.ts";

/** One fact for the outbox. */
export interface OutboxEntry {
  /** `<thing>.<what happened>` in lower case, such as `install.removed`. */
  readonly kind: `${string}.${string}`;
  /** `""` when it belongs to no tenant, else the tenant of the transaction. */
  readonly tenantId: string;
  /** No secrets: it leaves the registry. */
  readonly payload: { readonly [key: string]: JsonValue };
  readonly at: Date;
}

/**
 * Note a fact that others must hear of, in the transaction that causes it: both commit, or neither does.
 *
 * Lock the row that the fact is about first; entries about one row are then in the order in which they happened.
 */
export async function appendOutbox(
  db: SharedDb | TenantDb | HousekeepingDb,
  entry: OutboxEntry,
): Promise<void> {
  await (db as unknown as Transaction<Tables>)
    .insertInto("extension_outbox")
    .values({
      tenant_id: entry.tenantId,
      kind: entry.kind,
      payload: JSON.stringify(entry.payload),
      created_at: entry.at,
      done_at: null,
    })
    .execute();
}
