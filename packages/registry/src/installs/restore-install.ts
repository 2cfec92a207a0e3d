import type { Grants } from "@alga-ext/protocol";
import type { TenantDb } from "../db/registry-db.ts";
import { RegistryError } from "../errors.ts";
import type { PickedVersion } from "../releases/pick-version.ts";
import type { InstallContext } from "./install-context.ts";
import { lockInstall } from "./lock-install.ts";
import { moveInstall } from "./move-install.ts";

/**
 * Bring back the install that was uninstalled last, with its id, data, secrets and settings, under the grants that
 * are given now.
 *
 * @throws {RegistryError} `already_installed`, `nothing_to_restore` when there is none or its time is over.
 */
export async function restoreInstall(
  tx: TenantDb,
  context: InstallContext,
  request: {
    readonly tenantId: string;
    readonly version: PickedVersion;
    readonly grants: Grants;
    readonly actor: string;
    readonly now: Date;
  },
): Promise<{ readonly id: string; readonly granted: Grants }> {
  const { tenantId, version, grants, actor, now } = request;
  const { registryId } = version;
  const mine = tx
    .selectFrom("tenant_extension_install")
    .select("id")
    .where("tenant_id", "=", tenantId)
    .where("registry_id", "=", registryId);
  const current = await mine.where("uninstalled_at", "is", null).executeTakeFirst();
  if (current !== undefined) {
    throw new RegistryError(
      "already_installed",
      "This extension is installed: there is nothing to restore.",
      {
        details: { installId: current.id },
      },
    );
  }
  const former = await mine
    .where("uninstalled_at", "is not", null)
    .where("purge_at", ">", now)
    .orderBy("uninstalled_at", "desc")
    .limit(1)
    .forUpdate()
    .executeTakeFirst();
  if (former === undefined) {
    throw new RegistryError(
      "nothing_to_restore",
      "No data of this extension is kept any more. Install it without restoring.",
    );
  }
  await tx
    .updateTable("tenant_extension_install")
    .set({ uninstalled_at: null, purge_at: null })
    .where("tenant_id", "=", tenantId)
    .where("id", "=", former.id)
    .execute();
  const install = await lockInstall(tx, { tenantId, registryId });
  const { granted } = await moveInstall(tx, context, {
    tenantId,
    install,
    to: version,
    cause: "restore",
    grants,
    disableMissingSchedules: true,
    actor,
    now,
  });
  return { id: install.id, granted };
}
