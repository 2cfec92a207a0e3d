import type { RegistryDb } from "../db/registry-db.ts";
import { RegistryError } from "../errors.ts";
import { findRegistryId } from "./find-registry-id.ts";

/** One version an install ran or runs. */
export interface InstallHistoryEntry {
  readonly versionId: string;
  readonly version: string;
  readonly cause: "install" | "update" | "rollback" | "restore";
  readonly actor: string;
  /** RFC 3339. */
  readonly since: string;
  /** RFC 3339; null for the version that runs. */
  readonly until: string | null;
}

/**
 * The versions an install ran, newest first: what `rollback` can go back to.
 *
 * @param query.limit 1 to 100. @default 50
 * @throws {RegistryError} `install_not_found`.
 */
export function readHistory(
  db: RegistryDb,
  query: { readonly tenantId: string; readonly registryId: string; readonly limit?: number },
): Promise<InstallHistoryEntry[]> {
  const { tenantId, limit = 50 } = query;
  return db.withTenant(tenantId, async (tx) => {
    const registryId = await findRegistryId(tx, query.registryId);
    const rows = await tx
      .selectFrom("tenant_extension_install as i")
      .innerJoin("tenant_extension_install_version as h", (join) =>
        join.onRef("h.tenant_id", "=", "i.tenant_id").onRef("h.install_id", "=", "i.id"),
      )
      .innerJoin("extension_version as v", "v.id", "h.version_id")
      .select(["h.version_id", "v.version", "h.cause", "h.actor", "h.since", "h.until"])
      .where("i.tenant_id", "=", tenantId)
      .where("i.registry_id", "=", registryId)
      .where("i.uninstalled_at", "is", null)
      .orderBy("h.seq", "desc")
      .limit(Math.min(Math.max(Math.trunc(limit) || 50, 1), 100))
      .execute();
    if (rows.length === 0) throw new RegistryError("install_not_found", "This extension is not installed.");
    return rows.map((row) => ({
      versionId: row.version_id,
      version: row.version,
      cause: row.cause,
      actor: row.actor,
      since: row.since.toISOString(),
      until: row.until?.toISOString() ?? null,
    }));
  });
}
