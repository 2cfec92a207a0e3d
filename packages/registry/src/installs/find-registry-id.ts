import type { TenantDb } from "../db/registry-db.ts";
import { isUuid } from "../internal/is-uuid.ts";

/** Registry id of an extension that is named by its UUID or slug in any case; null for a slug nobody published. */
export async function findRegistryId(tx: TenantDb, named: string): Promise<string | null> {
  if (isUuid(named)) return named.toLowerCase();
  // Text in Postgres holds no NUL, so nothing is called that.
  if (named.includes("\0")) return null;
  const row = await tx
    .selectFrom("extension_registry")
    .select("id")
    .where("slug", "=", named.toLowerCase())
    .executeTakeFirst();
  return row?.id ?? null;
}
