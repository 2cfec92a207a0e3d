import { releaseDomain } from "../domains/release-domain.ts";
import type { InstallContext, InstallRef } from "./install-context.ts";
import { lockInstall } from "./lock-install.ts";
import { recordChange } from "./record-change.ts";

/**
 * Take an install away from every caller at once. Its data, secrets and settings wait for a grace period, in which
 * `install` with `restore` brings them back; then the sweep deletes them. Without a grace period they go with it. The
 * execution log and the bundle stay.
 *
 * @throws {RegistryError} `install_not_found`.
 */
export async function uninstall(context: InstallContext, request: InstallRef): Promise<void> {
  const { tenantId, actor = "system" } = request;
  const now = new Date(context.clock());
  const purgeAt = new Date(now.getTime() + context.uninstallGraceMs);
  await context.db.withTenant(tenantId, async (tx) => {
    const install = await lockInstall(tx, request);
    await releaseDomain(tx, context, { tenantId, installId: install.id, now });
    await tx
      .updateTable("tenant_extension_install")
      .set({
        status: "disabled",
        is_enabled: false,
        runner_domain: null,
        runner_status: JSON.stringify({ state: "pending" }),
        uninstalled_at: now,
        purge_at: purgeAt,
      })
      .where("tenant_id", "=", tenantId)
      .where("id", "=", install.id)
      .execute();
    await recordChange(tx, {
      tenantId,
      registryId: install.registryId,
      installId: install.id,
      type: "install_removed",
      actor,
      payload: { versionId: install.versionId, purgeAt: purgeAt.toISOString() },
      now,
    });
    if (context.uninstallGraceMs > 0) return;
    await tx
      .deleteFrom("tenant_extension_install")
      .where("tenant_id", "=", tenantId)
      .where("id", "=", install.id)
      .execute();
  });
}
