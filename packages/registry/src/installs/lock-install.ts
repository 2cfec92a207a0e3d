import type { TenantDb } from "../db/registry-db.ts";
import type { AskedConsent, StoredSettings } from "../db/tables/installs.ts";
import { RegistryError } from "../errors.ts";
import { findRegistryId } from "./find-registry-id.ts";

/** An install row, locked until the transaction ends. */
export interface LockedInstall {
  readonly id: string;
  readonly registryId: string;
  readonly versionId: string;
  readonly grantedCapabilities: readonly string[];
  readonly grantedEgress: readonly string[];
  readonly follows: string | null;
  readonly isPinned: boolean;
  readonly askedConsent: readonly AskedConsent[];
  readonly settings: StoredSettings;
  readonly domain: string | null;
}

/**
 * Find this tenant's install of an extension and lock it, so that changes to one install happen one by one.
 *
 * @param options.lockExtension Share the lock of the extension's row first: for who is going to pick a version, since
 * that row comes first everywhere. @default false
 * @throws {RegistryError} `install_not_found`, also for another tenant's and for one that is uninstalled.
 */
export async function lockInstall(
  tx: TenantDb,
  { tenantId, registryId }: { readonly tenantId: string; readonly registryId: string },
  { lockExtension = false }: { readonly lockExtension?: boolean } = {},
): Promise<LockedInstall> {
  const id = await findRegistryId(tx, registryId);
  if (lockExtension && id !== null) {
    await tx.selectFrom("extension_registry").select("id").where("id", "=", id).forShare().execute();
  }
  const row =
    id === null
      ? undefined
      : await tx
          .selectFrom("tenant_extension_install")
          .select([
            "id",
            "registry_id",
            "version_id",
            "granted_caps",
            "granted_egress",
            "follows",
            "is_pinned",
            "asked_consent",
            "settings",
            "runner_domain",
          ])
          .where("tenant_id", "=", tenantId)
          .where("registry_id", "=", id)
          .where("uninstalled_at", "is", null)
          .forUpdate()
          .executeTakeFirst();
  if (row === undefined) throw new RegistryError("install_not_found", "This extension is not installed.");
  return {
    id: row.id,
    registryId: row.registry_id,
    versionId: row.version_id,
    grantedCapabilities: row.granted_caps,
    grantedEgress: row.granted_egress,
    follows: row.follows,
    isPinned: row.is_pinned,
    askedConsent: row.asked_consent,
    settings: row.settings,
    domain: row.runner_domain,
  };
}
