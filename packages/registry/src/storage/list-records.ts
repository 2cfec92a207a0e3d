import type { StorageListResult } from "@alga-ext/protocol";
import { sql } from "kysely";
import type { TenantDb } from "../db/registry-db.ts";
import type { StorageScope } from "./check-access.ts";
import { encodeCursor, type CheckedOperation } from "./parse-operation.ts";

type ListOperation = Extract<CheckedOperation, { operation: "list" }>;

/** One page of a namespace in byte order of the keys; the cursor names the last key returned, so none is skipped. */
export async function listRecords(
  db: TenantDb,
  scope: StorageScope,
  { operation, now }: { readonly operation: ListOperation; readonly now: Date },
): Promise<StorageListResult> {
  const { namespace, limit, after, keyPrefix, includeValues, includeMetadata } = operation;
  const rows = await db
    .selectFrom("ext_storage_records")
    .select(["key", "revision", "ttl_expires_at", "created_at", "updated_at"])
    .$if(includeValues, (query) => query.select("value"))
    .$if(includeMetadata, (query) => query.select("metadata"))
    .where("tenant", "=", scope.tenantId)
    .where("extension_install_id", "=", scope.installId)
    .where("namespace", "=", namespace)
    .where((eb) => eb.or([eb("ttl_expires_at", "is", null), eb("ttl_expires_at", ">", now)]))
    .$if(after !== null, (query) => query.where("key", ">", after))
    .$if(keyPrefix !== "", (query) =>
      query.where("key", ">=", keyPrefix).where(sql<boolean>`starts_with(key, ${keyPrefix})`),
    )
    .orderBy("key")
    .limit(limit + 1)
    .execute();
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map((row) => ({
      tenantId: scope.tenantId,
      extensionInstallId: scope.installId,
      namespace,
      key: row.key,
      revision: Number(row.revision),
      ...(includeValues ? { value: row.value ?? null } : {}),
      ...(includeMetadata ? { metadata: row.metadata ?? {} } : {}),
      ttlExpiresAt: row.ttl_expires_at?.toISOString() ?? null,
      createdAt: row.created_at.toISOString(),
      updatedAt: row.updated_at.toISOString(),
    })),
    nextCursor: rows.length > limit && last !== undefined ? encodeCursor(last.key) : null,
  };
}
