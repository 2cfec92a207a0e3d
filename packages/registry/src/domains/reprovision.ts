import { randomUUID } from "node:crypto";
import type { InstallDetails } from "@alga-ext/protocol";
import type { InstallContext, InstallRef } from "../installs/install-context.ts";
import { readInstall } from "../installs/install-summary.ts";
import { lockInstall } from "../installs/lock-install.ts";
import { recordChange } from "../installs/record-change.ts";
import { claimDomain } from "./claim-domain.ts";

/**
 * Order an install's host name again, or for the first time when names came after it.
 *
 * @throws {RegistryError} `install_not_found`
 */
export function reprovision(context: InstallContext, request: InstallRef): Promise<InstallDetails> {
  const { tenantId, actor = "system" } = request;
  const now = new Date(context.clock());
  return context.db.withTenant(tenantId, async (tx) => {
    const install = await lockInstall(tx, request);
    const { registryId, domain } = install;
    await claimDomain(tx, context, { tenantId, installId: install.id, registryId, now });
    if (domain !== null) {
      await tx
        .updateTable("extension_domain")
        .set({ generation: randomUUID(), attempts: 0, next_attempt_at: now, updated_at: now })
        .where("tenant_id", "=", tenantId)
        .where("host", "=", domain)
        .execute();
      await tx
        .updateTable("tenant_extension_install")
        .set({
          runner_status: JSON.stringify({ state: context.provisionsDomains ? "provisioning" : "pending" }),
        })
        .where("tenant_id", "=", tenantId)
        .where("id", "=", install.id)
        .execute();
    }
    const installId = install.id;
    await recordChange(tx, { tenantId, registryId, installId, type: "domain_changed", actor, now });
    return readInstall(tx, context, { tenantId, registryId });
  });
}
