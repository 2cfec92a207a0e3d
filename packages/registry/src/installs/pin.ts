import type { InstallDetails } from "@alga-ext/protocol";
import type { InstallContext, InstallRef } from "./install-context.ts";
import { readInstall } from "./install-summary.ts";
import { lockInstall } from "./lock-install.ts";
import { recordChange } from "./record-change.ts";

/**
 * Hold an install on its version until an administrator names another one, or let it follow again.
 *
 * @throws {RegistryError} `install_not_found`.
 */
export function pin(
  context: InstallContext,
  request: InstallRef & { readonly pinned: boolean },
): Promise<InstallDetails> {
  const { tenantId, pinned, actor = "system" } = request;
  const now = new Date(context.clock());
  return context.db.withTenant(tenantId, async (tx) => {
    const install = await lockInstall(tx, request);
    const { registryId } = install;
    if (install.isPinned !== pinned) {
      await tx
        .updateTable("tenant_extension_install")
        .set({ is_pinned: pinned })
        .where("tenant_id", "=", tenantId)
        .where("id", "=", install.id)
        .execute();
      const type = pinned ? "install_pinned" : "install_unpinned";
      await recordChange(tx, { tenantId, registryId, installId: install.id, type, actor, now });
    }
    return readInstall(tx, context, { tenantId, registryId });
  });
}
