import { randomUUID } from "node:crypto";
import type { TenantDb } from "../db/registry-db.ts";

/** Give the install a new configuration version, which tells every cache that something about it changed. */
export async function touchInstall(
  tx: TenantDb,
  { tenantId, installId, now }: { readonly tenantId: string; readonly installId: string; readonly now: Date },
): Promise<void> {
  const changed = { version: randomUUID(), updated_at: now };
  await tx
    .insertInto("tenant_extension_install_config")
    .values({ tenant_id: tenantId, install_id: installId, config: "{}", created_at: now, ...changed })
    .onConflict((conflict) => conflict.column("install_id").doUpdateSet(changed))
    .execute();
  await tx
    .updateTable("tenant_extension_install")
    .set({ updated_at: now })
    .where("tenant_id", "=", tenantId)
    .where("id", "=", installId)
    .execute();
}
