import type { RegistryDb } from "../db/registry-db.ts";
import { lockInstall } from "../installs/lock-install.ts";

/** A secret without its value: nothing in the registry's API ever returns one. */
export interface SecretName {
  readonly name: string;
  /** ISO-8601; rotating keys does not change it. */
  readonly setAt: string;
}

/**
 * Which secrets an install has, by name.
 *
 * @throws {RegistryError} `install_not_found`.
 */
export async function secretNames(
  db: RegistryDb,
  request: { readonly tenantId: string; readonly registryId: string },
): Promise<SecretName[]> {
  const { tenantId } = request;
  const rows = await db.withTenant(tenantId, async (tx) => {
    const { id } = await lockInstall(tx, request);
    return tx
      .selectFrom("tenant_extension_install_secrets")
      .select(["name", "updated_at"])
      .where("tenant_id", "=", tenantId)
      .where("install_id", "=", id)
      .orderBy("name")
      .execute();
  });
  return rows.map(({ name, updated_at }) => ({ name, setAt: updated_at.toISOString() }));
}
