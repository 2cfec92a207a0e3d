import type { InstallSummary } from "@alga-ext/protocol";
import { appendEvent } from "../releases/append-event.ts";
import { assertTrusted } from "./assert-trusted.ts";
import { findVersion } from "./find-version.ts";
import type { InstallContext, InstallRef } from "./install-context.ts";
import { readInstall } from "./install-summary.ts";
import { limitGrants } from "./limit-grants.ts";
import { lockInstall } from "./lock-install.ts";
import { touchInstall } from "./touch-install.ts";

/**
 * Put another version in place at once. The old grants stay as far as the new version still declares them; what it
 * asks for anew waits in `pendingConsent`.
 *
 * @throws {RegistryError} `install_not_found`, `version_not_found`, `signature_required`.
 * @throws {BundleError} when its signatures are no longer good enough: `revoked_digest`, `trust_expired`, …
 */
export function update(
  context: InstallContext,
  request: InstallRef & { readonly version: string },
): Promise<InstallSummary> {
  const { tenantId, registryId, actor = "system" } = request;
  const now = new Date(context.clock());
  return context.db.withTenant(tenantId, async (tx) => {
    const install = await lockInstall(tx, request);
    const version = await findVersion(tx, request);
    await assertTrusted(tx, context, version.id);
    const granted = limitGrants(version, {
      capabilities: install.grantedCapabilities,
      egress: install.grantedEgress,
    });
    await tx
      .updateTable("tenant_extension_install")
      .set({
        version_id: version.id,
        granted_caps: JSON.stringify(granted.capabilities),
        granted_egress: JSON.stringify(granted.egress),
      })
      .where("tenant_id", "=", tenantId)
      .where("id", "=", install.id)
      .execute();
    await touchInstall(tx, { tenantId, installId: install.id, now });
    await appendEvent(tx, {
      tenantId,
      type: "install_updated",
      actor,
      payload: {
        registryId,
        installId: install.id,
        fromVersionId: install.versionId,
        versionId: version.id,
        version: version.version,
        grants: { ...granted },
      },
      at: now,
    });
    return readInstall(tx, { tenantId, registryId });
  });
}
