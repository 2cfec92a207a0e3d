import type { TenantDb } from "../db/registry-db.ts";

/** Which key is active, and it stays so until the transaction ends: a rotation waits. */
export async function lockActiveKid(tx: TenantDb, tenantId: string): Promise<string | null> {
  const row = await tx
    .selectFrom("tenant_data_key")
    .select("kid")
    .where("tenant_id", "=", tenantId)
    .where("is_active", "=", true)
    .forShare()
    .executeTakeFirst();
  return row?.kid ?? null;
}
