import type { StorageRecord } from "@alga-ext/protocol";
import type { TenantDb } from "../db/registry-db.ts";
import { StorageError } from "../errors.ts";
import type { StorageScope } from "./check-access.ts";

/**
 * Read one record; an expired one counts as missing.
 *
 * @throws {StorageError} `NOT_FOUND`.
 */
export async function getRecord(
  db: TenantDb,
  scope: StorageScope,
  { namespace, key, now }: { readonly namespace: string; readonly key: string; readonly now: Date },
): Promise<StorageRecord> {
  const row = await db
    .selectFrom("ext_storage_records")
    .select(["revision", "value", "metadata", "ttl_expires_at", "created_at", "updated_at"])
    .where("tenant", "=", scope.tenantId)
    .where("extension_install_id", "=", scope.installId)
    .where("namespace", "=", namespace)
    .where("key", "=", key)
    .where((eb) => eb.or([eb("ttl_expires_at", "is", null), eb("ttl_expires_at", ">", now)]))
    .executeTakeFirst();
  if (row === undefined) throw new StorageError("NOT_FOUND", "There is no such record.");
  return {
    namespace,
    key,
    revision: Number(row.revision),
    value: row.value,
    metadata: row.metadata,
    ttlExpiresAt: row.ttl_expires_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
