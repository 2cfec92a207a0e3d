import type { Grants } from "@alga-ext/protocol";
import type { UpdateObject } from "kysely";
import type { TenantDb } from "../db/registry-db.ts";
import type { Tables } from "../db/schema.ts";
import { RegistryError } from "../errors.ts";
import type { InstallRef } from "./install-context.ts";
import { lockInstall } from "./lock-install.ts";

/**
 * Switch on the install that is already there, if it is what was asked for.
 *
 * @throws {RegistryError} `already_installed`.
 */
export async function keepInstall(
  tx: TenantDb,
  {
    request,
    versionId,
    wanted,
    state,
  }: {
    readonly request: InstallRef & { readonly grants?: Grants };
    readonly versionId: string;
    readonly wanted: Grants;
    readonly state: UpdateObject<Tables, "tenant_extension_install">;
  },
): Promise<{ readonly id: string; readonly granted: Grants }> {
  const existing = await lockInstall(tx, request);
  const granted = { capabilities: existing.grantedCapabilities, egress: existing.grantedEgress };
  const isSame =
    existing.versionId === versionId &&
    (request.grants === undefined ||
      (hasSameMembers(granted.capabilities, wanted.capabilities) &&
        hasSameMembers(granted.egress, wanted.egress)));
  if (!isSame) {
    throw new RegistryError(
      "already_installed",
      "This extension is already installed, in another version or with other grants. Nothing was changed.",
      { details: { installId: existing.id, versionId: existing.versionId } },
    );
  }
  await tx
    .updateTable("tenant_extension_install")
    .set(state)
    .where("tenant_id", "=", request.tenantId)
    .where("id", "=", existing.id)
    .execute();
  return { id: existing.id, granted };
}

function hasSameMembers(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name) => other.includes(name));
}
