import { randomUUID } from "node:crypto";
import type { TenantDb } from "../db/registry-db.ts";
import type { SettingValues } from "./fit-settings.ts";

/** Store what the extension gets as its configuration, under a new version of it. */
export async function writeConfig(
  tx: TenantDb,
  {
    tenantId,
    installId,
    config,
    now,
  }: {
    readonly tenantId: string;
    readonly installId: string;
    readonly config: SettingValues;
    readonly now: Date;
  },
): Promise<void> {
  const changed = { config: JSON.stringify(config), version: randomUUID(), updated_at: now };
  await tx
    .insertInto("tenant_extension_install_config")
    .values({ tenant_id: tenantId, install_id: installId, created_at: now, ...changed })
    .onConflict((conflict) => conflict.column("install_id").doUpdateSet(changed))
    .execute();
}
