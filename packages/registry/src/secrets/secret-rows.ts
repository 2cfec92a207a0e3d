import type { TenantDb } from "../db/registry-db.ts";
import { RegistryError } from "../errors.ts";
import type { DataKey } from "./data-key.ts";
import { openSecret, SECRET_ALGORITHM, sealSecret } from "./seal-secret.ts";

/**
 * Whether the values that would be replaced open; false when one has a key that was not there a moment ago.
 *
 * @throws {RegistryError} `secret_unreadable`, with the name in its details
 */
export async function areReadable(
  tx: TenantDb,
  change: {
    readonly tenantId: string;
    readonly installId: string;
    readonly entries: readonly (readonly [name: string, value: string | null])[];
    readonly keys: ReadonlyMap<string, DataKey | null>;
  },
): Promise<boolean> {
  const { tenantId, installId, entries, keys } = change;
  const replaced = entries.flatMap(([name, value]) => (value === null ? [] : [name]));
  const rows = await tx
    .selectFrom("tenant_extension_install_secrets")
    .select(["name", "ciphertext", "version", "key_id"])
    .where("tenant_id", "=", tenantId)
    .where("install_id", "=", installId)
    .where("name", "in", replaced)
    .execute();
  for (const { name, ciphertext, version, key_id } of rows) {
    const key = keys.get(key_id);
    if (key === undefined) return false;
    if (key === null) {
      throw new RegistryError(
        "secret_unreadable",
        `The stored secret ${name} no longer opens: restore its key, or delete it first.`,
        { details: { name } },
      );
    }
    openSecret(ciphertext, { tenantId, installId, name, version }, key);
  }
  return true;
}

/** Seal a value and store it in its place. */
export async function upsertSecret(
  tx: TenantDb,
  write: {
    readonly place: { tenantId: string; installId: string; name: string; version: string };
    readonly value: string;
    readonly key: DataKey;
    readonly now: Date;
  },
): Promise<void> {
  const { place, value, key, now } = write;
  const changed = {
    ciphertext: sealSecret(value, place, key),
    algorithm: SECRET_ALGORITHM,
    key_id: key.kid,
    version: place.version,
    updated_at: now,
  };
  const own = { tenant_id: place.tenantId, install_id: place.installId, name: place.name, created_at: now };
  await tx
    .insertInto("tenant_extension_install_secrets")
    .values({ ...own, ...changed })
    .onConflict((conflict) => conflict.columns(["tenant_id", "install_id", "name"]).doUpdateSet(changed))
    .execute();
}

/** Delete a secret; no key is needed for that. */
export async function removeSecret(
  tx: TenantDb,
  {
    tenantId,
    installId,
    name,
  }: { readonly tenantId: string; readonly installId: string; readonly name: string },
): Promise<void> {
  await tx
    .deleteFrom("tenant_extension_install_secrets")
    .where("tenant_id", "=", tenantId)
    .where("install_id", "=", installId)
    .where("name", "=", name)
    .execute();
}
