import type { StoragePutResult } from "@alga-ext/protocol";
import type { TenantDb } from "../db/registry-db.ts";
import { StorageError } from "../errors.ts";
import type { StorageScope } from "./check-access.ts";
import type { EncodedWrite } from "./parse-operation.ts";
import { lockUsage, occupy, purgeExpired, resize, saveUsage, type Usage } from "./usage.ts";

interface PutRequest {
  readonly namespace: string;
  readonly writes: readonly EncodedWrite[];
  readonly now: Date;
}

interface ExistingRecord {
  readonly revision: number;
  readonly bytes: number;
  readonly createdAt: Date;
  /** Counts as missing, but takes up its place until it is purged or overwritten. */
  readonly isExpired: boolean;
}

/**
 * Write one or several keys of a namespace, all or nothing.
 *
 * @throws {StorageError} `REVISION_MISMATCH`, `QUOTA_EXCEEDED`.
 */
export async function putRecords(
  db: TenantDb,
  scope: StorageScope & { readonly registryId: string },
  request: PutRequest,
): Promise<StoragePutResult[]> {
  const { namespace, now } = request;
  const usage = await lockUsage(db, scope, now);
  const rows = await planRows(db, scope, { ...request, usage });
  await db
    .insertInto("ext_storage_records")
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(["tenant", "extension_install_id", "namespace", "key"]).doUpdateSet((eb) => ({
        revision: eb.ref("excluded.revision"),
        value: eb.ref("excluded.value"),
        metadata: eb.ref("excluded.metadata"),
        value_size_bytes: eb.ref("excluded.value_size_bytes"),
        metadata_size_bytes: eb.ref("excluded.metadata_size_bytes"),
        ttl_expires_at: eb.ref("excluded.ttl_expires_at"),
        created_at: eb.ref("excluded.created_at"),
        updated_at: eb.ref("excluded.updated_at"),
      })),
    )
    .execute();
  await saveUsage(db, scope, usage, now);
  return rows.map((row) => ({
    namespace,
    key: row.key,
    revision: row.revision,
    ttlExpiresAt: row.ttl_expires_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  }));
}

/** The rows to write; what has expired is purged to the last before anything is refused for lack of room. */
async function planRows(
  db: TenantDb,
  scope: StorageScope,
  request: PutRequest & { readonly usage: Usage },
): Promise<ReturnType<typeof toRows>> {
  const { usage } = request;
  for (;;) {
    const existing = await readExisting(db, scope, request);
    const attempt = { ...usage, keys: new Map(usage.keys) };
    try {
      const rows = toRows(scope, { ...request, existing, usage: attempt });
      usage.bytes = attempt.bytes;
      usage.keys.clear();
      for (const [name, count] of attempt.keys) usage.keys.set(name, count);
      return rows;
    } catch (error) {
      const isFull = error instanceof StorageError && error.code === "QUOTA_EXCEEDED";
      if (!isFull || !usage.mayHoldExpired) throw error;
      await purgeExpired(db, scope, { usage, now: request.now, batch: 5000 });
    }
  }
}

function toRows(
  scope: StorageScope,
  {
    namespace,
    writes,
    now,
    existing,
    usage,
  }: PutRequest & { readonly existing: ReadonlyMap<string, ExistingRecord>; readonly usage: Usage },
) {
  return writes.map((write) => {
    const held = existing.get(write.key);
    const old = held?.isExpired === false ? held : undefined;
    if (write.ifRevision !== null && write.ifRevision !== old?.revision) {
      mismatch(write, old?.revision ?? null);
    }
    if (held === undefined) occupy(usage, namespace);
    resize(usage, write.valueBytes + write.metadataBytes - (held?.bytes ?? 0));
    return {
      tenant: scope.tenantId,
      extension_install_id: scope.installId,
      namespace,
      key: write.key,
      revision: (old?.revision ?? 0) + 1,
      value: write.valueJson,
      metadata: write.metadataJson,
      value_size_bytes: write.valueBytes,
      metadata_size_bytes: write.metadataBytes,
      ttl_expires_at: write.ttlSeconds === null ? null : new Date(now.getTime() + write.ttlSeconds * 1000),
      created_at: old?.createdAt ?? now,
      updated_at: now,
    };
  });
}

async function readExisting(
  db: TenantDb,
  scope: StorageScope,
  { namespace, writes, now }: PutRequest,
): Promise<Map<string, ExistingRecord>> {
  const rows = await db
    .selectFrom("ext_storage_records")
    .select(["key", "revision", "value_size_bytes", "metadata_size_bytes", "created_at", "ttl_expires_at"])
    .where("tenant", "=", scope.tenantId)
    .where("extension_install_id", "=", scope.installId)
    .where("namespace", "=", namespace)
    .where(
      "key",
      "in",
      writes.map((write) => write.key),
    )
    .execute();
  return new Map(
    rows.map((row) => [
      row.key,
      {
        revision: Number(row.revision),
        bytes: row.value_size_bytes + row.metadata_size_bytes,
        createdAt: row.created_at,
        isExpired: row.ttl_expires_at !== null && row.ttl_expires_at <= now,
      },
    ]),
  );
}

function mismatch(write: EncodedWrite, actual: number | null): never {
  throw new StorageError("REVISION_MISMATCH", "The record does not have the expected revision.", {
    details: { key: write.key, expected: write.ifRevision, actual },
  });
}
