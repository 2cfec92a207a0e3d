import type { TenantDb } from "../db/registry-db.ts";
import type { InstallVersionTable } from "../db/tables/installs.ts";

/** Which version an install runs from now on, and why. */
export interface HistoryEntry {
  readonly tenantId: string;
  readonly installId: string;
  readonly registryId: string;
  readonly versionId: string;
  readonly cause: InstallVersionTable["cause"];
  readonly actor: string;
  readonly now: Date;
}

/** Close the entry of the version that ran so far and open the next one; the caller holds the install's lock. */
export async function writeHistory(tx: TenantDb, entry: HistoryEntry): Promise<void> {
  const last = await tx
    .selectFrom("tenant_extension_install_version")
    .select("seq")
    .where("tenant_id", "=", entry.tenantId)
    .where("install_id", "=", entry.installId)
    .orderBy("seq", "desc")
    .limit(1)
    .executeTakeFirst();
  await tx
    .updateTable("tenant_extension_install_version")
    .set({ until: entry.now })
    .where("tenant_id", "=", entry.tenantId)
    .where("install_id", "=", entry.installId)
    .where("until", "is", null)
    .execute();
  await tx
    .insertInto("tenant_extension_install_version")
    .values({
      tenant_id: entry.tenantId,
      install_id: entry.installId,
      seq: (last?.seq ?? 0) + 1,
      registry_id: entry.registryId,
      version_id: entry.versionId,
      cause: entry.cause,
      actor: entry.actor,
      since: entry.now,
      until: null,
    })
    .execute();
}
