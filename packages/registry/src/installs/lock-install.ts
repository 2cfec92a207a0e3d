import type { TenantDb } from "../db/registry-db.ts";
import { isUuid } from "../internal/is-uuid.ts";
import { RegistryError } from "../errors.ts";

/** An install row, locked until the transaction ends. */
export interface LockedInstall {
  readonly id: string;
  readonly versionId: string;
  readonly grantedCapabilities: readonly string[];
  readonly grantedEgress: readonly string[];
}

/**
 * Find this tenant's install of an extension and lock it, so that changes to one install happen one by one.
 *
 * @throws {RegistryError} `install_not_found`, also for another tenant's.
 */
export async function lockInstall(
  tx: TenantDb,
  { tenantId, registryId }: { readonly tenantId: string; readonly registryId: string },
): Promise<LockedInstall> {
  const row = isUuid(registryId)
    ? await tx
        .selectFrom("tenant_extension_install")
        .select(["id", "version_id", "granted_caps", "granted_egress"])
        .where("tenant_id", "=", tenantId)
        .where("registry_id", "=", registryId)
        .forUpdate()
        .executeTakeFirst()
    : undefined;
  if (row === undefined) throw new RegistryError("install_not_found", "This extension is not installed.");
  return {
    id: row.id,
    versionId: row.version_id,
    grantedCapabilities: row.granted_caps,
    grantedEgress: row.granted_egress,
  };
}
