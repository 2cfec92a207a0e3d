import type { TenantDb } from "../db/registry-db.ts";
import { StorageError } from "../errors.ts";
import type { StorageScope } from "./check-access.ts";
import { lockUsage, release, saveUsage } from "./usage.ts";

/**
 * Remove one record; `success` is false when there was none, whatever revision was asked for.
 *
 * @throws {StorageError} `REVISION_MISMATCH` when it exists with another revision.
 */
export async function deleteRecord(
  db: TenantDb,
  scope: StorageScope & { readonly registryId: string },
  request: {
    readonly namespace: string;
    readonly key: string;
    readonly ifRevision: number | null;
    readonly now: Date;
  },
): Promise<{ success: boolean }> {
  const { namespace, key, ifRevision, now } = request;
  const usage = await lockUsage(db, scope, now);
  const row = await db
    .selectFrom("ext_storage_records")
    .select(["revision", "value_size_bytes", "metadata_size_bytes", "ttl_expires_at"])
    .where("tenant", "=", scope.tenantId)
    .where("extension_install_id", "=", scope.installId)
    .where("namespace", "=", namespace)
    .where("key", "=", key)
    .executeTakeFirst();
  // An expired record that is not purged yet counts as missing, and goes all the same.
  const isThere = row !== undefined && (row.ttl_expires_at === null || row.ttl_expires_at > now);
  if (isThere && ifRevision !== null && Number(row.revision) !== ifRevision) {
    throw new StorageError("REVISION_MISMATCH", "The record does not have the expected revision.", {
      details: { key, expected: ifRevision, actual: Number(row.revision) },
    });
  }
  if (row !== undefined) {
    await db
      .deleteFrom("ext_storage_records")
      .where("tenant", "=", scope.tenantId)
      .where("extension_install_id", "=", scope.installId)
      .where("namespace", "=", namespace)
      .where("key", "=", key)
      .execute();
    release(usage, namespace, row.value_size_bytes + row.metadata_size_bytes);
  }
  await saveUsage(db, scope, usage, now);
  return { success: isThere };
}
