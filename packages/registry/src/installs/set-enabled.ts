import type { InstallDetails } from "@alga-ext/protocol";
import type { InstallContext, InstallRef } from "./install-context.ts";
import { readInstall } from "./install-summary.ts";
import { lockInstall } from "./lock-install.ts";
import { recordChange } from "./record-change.ts";

/**
 * Switch an install off, so that it looks absent to every caller, or on again. Data, grants and secrets stay.
 *
 * @throws {RegistryError} `install_not_found`.
 */
export function setEnabled(
  context: InstallContext,
  request: InstallRef & { readonly enabled: boolean },
): Promise<InstallDetails> {
  const { tenantId, enabled, actor = "system" } = request;
  const now = new Date(context.clock());
  return context.db.withTenant(tenantId, async (tx) => {
    const install = await lockInstall(tx, request);
    const { registryId } = install;
    await tx
      .updateTable("tenant_extension_install")
      .set({ is_enabled: enabled, status: enabled ? "enabled" : "disabled" })
      .where("tenant_id", "=", tenantId)
      .where("id", "=", install.id)
      .execute();
    const type = enabled ? "install_enabled" : "install_disabled";
    await recordChange(tx, { tenantId, registryId, installId: install.id, type, actor, now });
    return readInstall(tx, context, { tenantId, registryId });
  });
}
