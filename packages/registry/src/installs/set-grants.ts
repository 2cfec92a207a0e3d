import type { Grants, InstallDetails } from "@alga-ext/protocol";
import { readVersion } from "./read-version.ts";
import type { InstallContext, InstallRef } from "./install-context.ts";
import { readInstall } from "./install-summary.ts";
import { checkGrants, limitGrants } from "./limit-grants.ts";
import { lockInstall } from "./lock-install.ts";
import { recordChange } from "./record-change.ts";

/**
 * Replace what the administrator agreed to; the part the installed version does not declare is ignored. What updates
 * asked for is decided with it.
 *
 * @throws {RegistryError} `install_not_found`.
 */
export async function setGrants(
  context: InstallContext,
  request: InstallRef & { readonly grants: Grants },
): Promise<InstallDetails> {
  const { tenantId, actor = "system" } = request;
  const grants = checkGrants(request.grants);
  const now = new Date(context.clock());
  return context.db.withTenant(tenantId, async (tx) => {
    const install = await lockInstall(tx, request);
    const { registryId } = install;
    const granted = limitGrants(await readVersion(tx, install.versionId), grants);
    await tx
      .updateTable("tenant_extension_install")
      .set({
        granted_caps: JSON.stringify(granted.capabilities),
        granted_egress: JSON.stringify(granted.egress),
        asked_consent: "[]",
      })
      .where("tenant_id", "=", tenantId)
      .where("id", "=", install.id)
      .execute();
    await recordChange(tx, {
      tenantId,
      registryId,
      installId: install.id,
      type: "grants_changed",
      actor,
      payload: { grants: { ...granted } },
      now,
    });
    return readInstall(tx, context, { tenantId, registryId });
  });
}
