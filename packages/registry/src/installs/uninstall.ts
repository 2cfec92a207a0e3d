import { appendEvent } from "../releases/append-event.ts";
import type { InstallContext, InstallRef } from "./install-context.ts";
import { lockInstall } from "./lock-install.ts";

/**
 * Remove an install with its configuration, secrets and stored data. The execution log and the bundle stay.
 *
 * @throws {RegistryError} `install_not_found`.
 */
export async function uninstall(context: InstallContext, request: InstallRef): Promise<void> {
  const { tenantId, registryId, actor = "system" } = request;
  await context.db.withTenant(tenantId, async (tx) => {
    const install = await lockInstall(tx, request);
    await tx
      .deleteFrom("tenant_extension_install")
      .where("tenant_id", "=", tenantId)
      .where("id", "=", install.id)
      .execute();
    await appendEvent(tx, {
      tenantId,
      type: "install_removed",
      actor,
      payload: { registryId, installId: install.id, versionId: install.versionId },
      at: new Date(context.clock()),
    });
  });
}
