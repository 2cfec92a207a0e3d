import type { TenantDb } from "../db/registry-db.ts";
import { isUuid } from "../internal/is-uuid.ts";
import type { ScheduleOwner } from "./write-schedule.ts";

/** An install as far as its schedules are concerned. */
export interface LockedOwner extends ScheduleOwner {
  readonly registryId: string;
  readonly isEnabled: boolean;
  readonly declaredCapabilities: readonly string[];
  readonly grantedCapabilities: readonly string[];
}

/**
 * Find an install and, to write, lock it: what is counted stays counted, and no update exchanges the endpoints
 * meanwhile. Null when there is none, or when it is uninstalled.
 */
export async function findOwner(
  tx: TenantDb,
  request: { readonly tenantId: string; readonly installId: string; readonly lock: boolean },
): Promise<LockedOwner | null> {
  const { tenantId, installId, lock } = request;
  if (!isUuid(installId)) return null;
  const install = await tx
    .selectFrom("tenant_extension_install")
    .select(["id", "registry_id", "version_id", "is_enabled", "status", "granted_caps"])
    .where("tenant_id", "=", tenantId)
    .where("id", "=", installId)
    .where("uninstalled_at", "is", null)
    .$if(lock, (query) => query.forNoKeyUpdate())
    .executeTakeFirst();
  if (install === undefined) return null;
  const version = await tx
    .selectFrom("extension_version")
    .select("capabilities")
    .where("id", "=", install.version_id)
    .executeTakeFirstOrThrow();
  return {
    tenantId,
    installId: install.id,
    registryId: install.registry_id,
    versionId: install.version_id,
    isEnabled: install.is_enabled && install.status === "enabled",
    declaredCapabilities: version.capabilities,
    grantedCapabilities: install.granted_caps,
  };
}
