import { sql, type Transaction } from "kysely";
import type { Tables } from "./schema.ts";

const GRANTS = {
  extension_registry: "select, insert, update",
  extension_publisher: "select, insert, update",
  extension_version: "select, insert",
  extension_bundle: "select, insert",
  extension_api_endpoint: "select, insert",
  extension_version_state: "select, insert, update",
  extension_channel: "select, insert, update, delete",
  extension_snapshot_leaf: "select, insert",
  extension_snapshot_node: "select, insert",
  extension_head: "select, insert, update",
  release_event: "select, insert",
  extension_blob_claim: "select, insert, delete",
  tenant_extension_install: "select, insert, update, delete",
  tenant_extension_install_config: "select, insert, update, delete",
  tenant_extension_install_version: "select, insert, update, delete",
  extension_domain: "select, insert, update, delete",
  tenant_extension_install_secrets: "select, insert, update, delete",
  tenant_data_key: "select, insert, update (wrapped, kek_id, is_active), delete",
  ext_storage_records: "select, insert, update, delete",
  ext_storage_usage: "select, insert, update",
  ext_storage_schemas: "select, insert, update",
  extension_execution_log: "select, insert, update, delete",
  extension_quota_scope: "select, insert, update",
  extension_quota_limit: "select, insert, update",
  extension_quota_state: "select, insert, update",
  extension_quota_usage: "select, insert, update, delete",
  extension_audit_logs: "select, insert",
  extension_upload: "select, insert, update, delete",
  extension_outbox: "select, insert, update (done_at), delete",
  extension_api_key: "select, insert, update (last_used_at, revoked_at), delete",
  extension_used_token: "select, insert, delete",
  extension_event_subscription: "select, insert, update, delete",
  extension_event: "select, insert, delete",
  extension_delivery: "select, insert, update, delete",
  extension_delivery_lane: "select, insert, update, delete",
  tenant_extension_schedule: "select, insert, update, delete",
  extension_call_rate: "select, insert, update",
} as const satisfies Record<keyof Tables, string>;

/** Give a role the least that the registry needs on each table: no update or delete of what is append-only. */
export async function grantTables(tx: Transaction<unknown>, role: string): Promise<void> {
  for (const [table, rights] of Object.entries(GRANTS)) {
    await sql`grant ${sql.raw(rights)} on ${sql.table(table)} to ${sql.id(role)}`.execute(tx);
  }
  await sql`grant select on extension_migration to ${sql.id(role)}`.execute(tx);
}
