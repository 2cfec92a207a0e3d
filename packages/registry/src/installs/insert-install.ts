import type { Grants } from "@alga-ext/protocol";
import type { TenantDb } from "../db/registry-db.ts";
import { declareForInstall } from "../events/declare-for-install.ts";
import type { PickedVersion } from "../releases/pick-version.ts";
import { fitSettings } from "../settings/fit-settings.ts";
import { writeConfig } from "../settings/write-config.ts";
import type { InstallContext } from "./install-context.ts";
import { writeHistory } from "./write-history.ts";

/** Make the rows of a new install; null when the tenant has one already. */
export async function insertInstall(
  tx: TenantDb,
  context: InstallContext,
  place: {
    readonly tenantId: string;
    readonly version: PickedVersion;
    readonly grants: Grants;
    readonly follows: string | null;
    readonly actor: string;
    readonly now: Date;
  },
): Promise<{ readonly id: string; readonly granted: Grants; readonly type: "install_created" } | null> {
  const { tenantId, version, grants, follows, actor, now } = place;
  const { registryId } = version;
  const created = await tx
    .insertInto("tenant_extension_install")
    .values({
      tenant_id: tenantId,
      registry_id: registryId,
      version_id: version.id,
      granted_caps: JSON.stringify(grants.capabilities),
      granted_egress: JSON.stringify(grants.egress),
      config: "{}",
      status: "enabled",
      is_enabled: true,
      runner_domain: null,
      runner_status: JSON.stringify({ state: "pending" }),
      follows,
      created_at: now,
      updated_at: now,
    })
    .onConflict((conflict) =>
      conflict.columns(["tenant_id", "registry_id"]).where("uninstalled_at", "is", null).doNothing(),
    )
    .returning("id")
    .executeTakeFirst();
  if (created === undefined) return null;
  const installId = created.id;
  const manifest = context.readManifest({ versionId: version.id, manifest: version.manifest });
  await writeConfig(tx, { tenantId, installId, config: fitSettings(manifest, {}, []).config, now });
  await declareForInstall(tx, { tenantId, installId, manifest, now });
  await writeHistory(tx, {
    tenantId,
    installId,
    registryId,
    versionId: version.id,
    cause: "install",
    actor,
    now,
  });
  return { id: installId, granted: grants, type: "install_created" };
}
