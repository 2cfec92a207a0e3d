import { sql } from "kysely";
import type { TenantDb } from "../db/registry-db.ts";
import { StorageError } from "../errors.ts";
import type { StorageScope } from "./check-access.ts";
import { STORAGE_LIMITS as LIMITS } from "./limits.ts";

/** Running totals of one install while its usage row is locked. */
export interface Usage {
  bytes: number;
  /** Keys per namespace; a namespace without keys is absent. */
  readonly keys: Map<string, number>;
}

/**
 * Lock the install's usage row until the transaction ends and purge what has expired.
 *
 * Every writer of an install passes here first, so revisions and quotas need no other care.
 */
export async function lockUsage(db: TenantDb, scope: StorageScope, now: Date): Promise<Usage> {
  const mine = { tenant: scope.tenantId, extension_install_id: scope.installId };
  await db
    .insertInto("ext_storage_usage")
    .values({
      ...mine,
      bytes_used: 0,
      keys_count: 0,
      namespaces_count: 0,
      namespace_keys: "{}",
      updated_at: now,
    })
    .onConflict((conflict) => conflict.columns(["tenant", "extension_install_id"]).doNothing())
    .execute();
  const row = await db
    .selectFrom("ext_storage_usage")
    .select(["bytes_used", "namespace_keys"])
    .where("tenant", "=", scope.tenantId)
    .where("extension_install_id", "=", scope.installId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const usage: Usage = { bytes: Number(row.bytes_used), keys: new Map(Object.entries(row.namespace_keys)) };

  const expired = await db
    .deleteFrom("ext_storage_records")
    .where("tenant", "=", scope.tenantId)
    .where("extension_install_id", "=", scope.installId)
    .where("ttl_expires_at", "<=", now)
    .returning(["namespace", sql<number>`value_size_bytes + metadata_size_bytes`.as("bytes")])
    .execute();
  for (const record of expired) release(usage, record.namespace, record.bytes);
  return usage;
}

/** Count one removed key. */
export function release(usage: Usage, namespace: string, bytes: number): void {
  usage.bytes -= bytes;
  const left = (usage.keys.get(namespace) ?? 1) - 1;
  if (left > 0) usage.keys.set(namespace, left);
  else usage.keys.delete(namespace);
}

/**
 * Count one new key.
 *
 * @throws {StorageError} `QUOTA_EXCEEDED` for one namespace or one key too many.
 */
export function occupy(usage: Usage, namespace: string): void {
  const keys = usage.keys.get(namespace) ?? 0;
  if (keys === 0 && usage.keys.size >= LIMITS.namespacesPerInstall) {
    refuse("namespaces per install", LIMITS.namespacesPerInstall);
  }
  if (keys >= LIMITS.keysPerNamespace) refuse("keys per namespace", LIMITS.keysPerNamespace);
  usage.keys.set(namespace, keys + 1);
}

/**
 * Count bytes that a write adds or frees.
 *
 * @throws {StorageError} `QUOTA_EXCEEDED` when it adds and the total is past the limit.
 */
export function resize(usage: Usage, deltaBytes: number): void {
  usage.bytes += deltaBytes;
  if (deltaBytes > 0 && usage.bytes > LIMITS.totalBytes) refuse("total bytes", LIMITS.totalBytes);
}

/** Write the totals back; the lock falls with the transaction. */
export async function saveUsage(db: TenantDb, scope: StorageScope, usage: Usage, now: Date): Promise<void> {
  let keys = 0;
  for (const count of usage.keys.values()) keys += count;
  await db
    .updateTable("ext_storage_usage")
    .set({
      bytes_used: usage.bytes,
      keys_count: keys,
      namespaces_count: usage.keys.size,
      namespace_keys: JSON.stringify(Object.fromEntries(usage.keys)),
      updated_at: now,
    })
    .where("tenant", "=", scope.tenantId)
    .where("extension_install_id", "=", scope.installId)
    .execute();
}

function refuse(limit: string, allowed: number): never {
  throw new StorageError("QUOTA_EXCEEDED", `The limit of ${allowed} ${limit} is reached.`, {
    details: { limit, allowed },
  });
}
