import { sql } from "kysely";
import type { TenantDb } from "../db/registry-db.ts";
import { StorageError } from "../errors.ts";
import { toEffective, type EffectiveLimits } from "../quotas/limits.ts";
import { mergedLimits } from "../quotas/merged-limits.ts";
import type { StorageScope } from "./check-access.ts";

/** Expired records that one write clears away: few enough that nobody waits for them. */
const PURGE_BATCH = 200;

/** Running totals of one install while its usage row is locked. */
export interface Usage {
  bytes: number;
  /** Keys per namespace; a namespace without keys is absent. */
  readonly keys: Map<string, number>;
  readonly limits: EffectiveLimits;
  /** Expired records removed so far. */
  purged: number;
  /** Whether expired records may be left that are still counted. */
  mayHoldExpired: boolean;
}

/**
 * Lock the install's usage row until the transaction ends and purge some of what has expired.
 *
 * Every writer of an install passes here first, so revisions and quotas need no other care.
 */
export async function lockUsage(
  db: TenantDb,
  scope: StorageScope & { readonly registryId: string },
  now: Date,
): Promise<Usage> {
  const mine = { tenant: scope.tenantId, extension_install_id: scope.installId };
  const lock = () =>
    db
      .selectFrom("ext_storage_usage")
      .select(["bytes_used", "namespace_keys", mergedLimits(scope.tenantId, scope.registryId).as("limits")])
      .where("tenant", "=", scope.tenantId)
      .where("extension_install_id", "=", scope.installId)
      .forUpdate()
      .executeTakeFirst();
  let row = await lock();
  if (row === undefined) {
    const none = { bytes_used: 0, keys_count: 0, namespaces_count: 0, namespace_keys: "{}" };
    await db
      .insertInto("ext_storage_usage")
      .values({ ...mine, ...none, updated_at: now })
      .onConflict((conflict) => conflict.columns(["tenant", "extension_install_id"]).doNothing())
      .execute();
    row = await lock();
  }
  // An uninstall took it away in between.
  if (row === undefined) throw new StorageError("NOT_FOUND", "There is no such install.");
  const usage: Usage = {
    bytes: Number(row.bytes_used),
    keys: new Map(Object.entries(row.namespace_keys)),
    limits: toEffective(row.limits),
    purged: 0,
    mayHoldExpired: true,
  };
  await purgeExpired(db, scope, { usage, now });
  return usage;
}

/** Remove up to `batch` expired records, found through their index, and give them back to the quota. */
export async function purgeExpired(
  db: TenantDb,
  scope: StorageScope,
  { usage, now, batch = PURGE_BATCH }: { readonly usage: Usage; readonly now: Date; readonly batch?: number },
): Promise<void> {
  const { rows } = await sql<{ namespace: string; bytes: number }>`
    delete from ext_storage_records where tenant = ${scope.tenantId} and ctid = any (array(
      select ctid from ext_storage_records
      where tenant = ${scope.tenantId} and extension_install_id = ${scope.installId} and ttl_expires_at <= ${now}
      limit ${sql.lit(batch)}))
    returning namespace, value_size_bytes + metadata_size_bytes as bytes`.execute(db);
  for (const record of rows) release(usage, record.namespace, record.bytes);
  usage.purged += rows.length;
  usage.mayHoldExpired = rows.length === batch;
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
  const { storageNamespaces, storageKeysPerNamespace } = usage.limits;
  const keys = usage.keys.get(namespace) ?? 0;
  if (keys === 0 && storageNamespaces !== null && usage.keys.size >= storageNamespaces) {
    refuse("namespaces per install", storageNamespaces);
  }
  if (storageKeysPerNamespace !== null && keys >= storageKeysPerNamespace) {
    refuse("keys per namespace", storageKeysPerNamespace);
  }
  usage.keys.set(namespace, keys + 1);
}

/**
 * Count bytes that a write adds or frees.
 *
 * @throws {StorageError} `QUOTA_EXCEEDED` when it adds and the total is past the limit.
 */
export function resize(usage: Usage, deltaBytes: number): void {
  const { storageBytes } = usage.limits;
  usage.bytes += deltaBytes;
  if (deltaBytes > 0 && storageBytes !== null && usage.bytes > storageBytes) {
    refuse("total bytes", storageBytes);
  }
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
