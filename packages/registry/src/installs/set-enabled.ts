import type { InstallSummary } from "@alga-ext/protocol";
import { appendEvent } from "../releases/append-event.ts";
import type { InstallContext, InstallRef } from "./install-context.ts";
import { readInstall } from "./install-summary.ts";
import { lockInstall } from "./lock-install.ts";
import { touchInstall } from "./touch-install.ts";

/**
 * Switch an install off, so that it looks absent to every caller, or on again. Data, grants and secrets stay.
 *
 * @throws {RegistryError} `install_not_found`.
 */
export function setEnabled(
  context: InstallContext,
  request: InstallRef & { readonly enabled: boolean },
): Promise<InstallSummary> {
  const { tenantId, registryId, enabled, actor = "system" } = request;
  const now = new Date(context.clock());
  return context.db.withTenant(tenantId, async (tx) => {
    const install = await lockInstall(tx, request);
    await tx
      .updateTable("tenant_extension_install")
      .set({ is_enabled: enabled, status: enabled ? "enabled" : "disabled" })
      .where("tenant_id", "=", tenantId)
      .where("id", "=", install.id)
      .execute();
    await touchInstall(tx, { tenantId, installId: install.id, now });
    await appendEvent(tx, {
      tenantId,
      type: enabled ? "install_enabled" : "install_disabled",
      actor,
      payload: { registryId, installId: install.id },
      at: now,
    });
    return readInstall(tx, { tenantId, registryId });
  });
}
