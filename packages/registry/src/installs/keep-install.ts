import type { Grants } from "@alga-ext/protocol";
import type { TenantDb } from "../db/registry-db.ts";
import { RegistryError } from "../errors.ts";
import type { PickedVersion } from "../releases/pick-version.ts";
import { readVersion } from "./read-version.ts";
import { lockInstall } from "./lock-install.ts";

/**
 * Switch on the install that is already there, if it is what was asked for.
 *
 * @throws {RegistryError} `already_installed`; its details say what is installed, which `update` and `setGrants` change.
 */
export async function keepInstall(
  tx: TenantDb,
  {
    tenantId,
    version,
    grants,
  }: {
    readonly tenantId: string;
    readonly version: PickedVersion;
    /** Null keeps those that were given. */
    readonly grants: Grants | null;
  },
): Promise<{ readonly id: string; readonly granted: Grants }> {
  const existing = await lockInstall(tx, { tenantId, registryId: version.registryId });
  const granted = { capabilities: existing.grantedCapabilities, egress: existing.grantedEgress };
  const isSame =
    existing.versionId === version.id &&
    (grants === null ||
      (hasSameMembers(granted.capabilities, grants.capabilities) &&
        hasSameMembers(granted.egress, grants.egress)));
  if (!isSame) {
    const present = await readVersion(tx, existing.versionId);
    throw new RegistryError(
      "already_installed",
      "This extension is already installed, in another version or with other grants. Nothing was changed: update it, or change its grants.",
      {
        details: {
          installId: existing.id,
          versionId: existing.versionId,
          version: present.version,
          grants: { capabilities: [...granted.capabilities], egress: [...granted.egress] },
        },
      },
    );
  }
  await tx
    .updateTable("tenant_extension_install")
    .set({ status: "enabled", is_enabled: true })
    .where("tenant_id", "=", tenantId)
    .where("id", "=", existing.id)
    .execute();
  return { id: existing.id, granted };
}

function hasSameMembers(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name) => other.includes(name));
}
