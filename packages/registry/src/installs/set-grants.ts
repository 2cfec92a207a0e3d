import type { Grants, InstallSummary } from "@alga-ext/protocol";
import { appendEvent } from "../releases/append-event.ts";
import type { InstallContext, InstallRef } from "./install-context.ts";
import { readInstall } from "./install-summary.ts";
import { limitGrants } from "./limit-grants.ts";
import { lockInstall } from "./lock-install.ts";
import { touchInstall } from "./touch-install.ts";

/**
 * Replace what the administrator agreed to; the part the installed version does not declare is ignored.
 *
 * @throws {RegistryError} `install_not_found`.
 */
export function setGrants(
  context: InstallContext,
  request: InstallRef & { readonly grants: Grants },
): Promise<InstallSummary> {
  const { tenantId, registryId, actor = "system" } = request;
  const now = new Date(context.clock());
  return context.db.withTenant(tenantId, async (tx) => {
    const install = await lockInstall(tx, request);
    const declared = await tx
      .selectFrom("extension_version")
      .select(["capabilities", "egress"])
      .where("id", "=", install.versionId)
      .executeTakeFirstOrThrow();
    const granted = limitGrants(declared, request.grants);
    await tx
      .updateTable("tenant_extension_install")
      .set({
        granted_caps: JSON.stringify(granted.capabilities),
        granted_egress: JSON.stringify(granted.egress),
      })
      .where("tenant_id", "=", tenantId)
      .where("id", "=", install.id)
      .execute();
    await touchInstall(tx, { tenantId, installId: install.id, now });
    await appendEvent(tx, {
      tenantId,
      type: "grants_changed",
      actor,
      payload: { registryId, installId: install.id, grants: { ...granted } },
      at: now,
    });
    return readInstall(tx, { tenantId, registryId });
  });
}
