import { effectiveCapabilities } from "@alga-ext/manifest";
import type { TenantDb } from "../db/registry-db.ts";
import { StorageError } from "../errors.ts";
import { isUuid } from "../internal/is-uuid.ts";

/** Which rows a storage operation is about; from a verified call token, never from a request body. */
export interface StorageScope {
  readonly tenantId: string;
  readonly installId: string;
}

/**
 * Let only an active install pass whose effective capabilities hold `cap:storage.kv`; the runner is not trusted with
 * that check.
 *
 * @throws {StorageError} `NOT_FOUND`, `UNAUTHORIZED`, `NAMESPACE_DENIED`.
 */
export async function checkAccess(
  db: TenantDb,
  { tenantId, installId }: StorageScope,
): Promise<{ readonly registryId: string }> {
  const install = isUuid(installId)
    ? await db
        .selectFrom("tenant_extension_install as i")
        .innerJoin("extension_version as v", "v.id", "i.version_id")
        .select(["i.registry_id", "i.is_enabled", "i.status", "i.granted_caps", "v.capabilities"])
        .where("i.tenant_id", "=", tenantId)
        .where("i.id", "=", installId)
        .executeTakeFirst()
    : undefined;
  if (install === undefined) throw new StorageError("NOT_FOUND", "There is no such install.");
  if (!install.is_enabled || install.status !== "enabled") {
    throw new StorageError("UNAUTHORIZED", "The install is not active.");
  }
  const effective = effectiveCapabilities([...install.capabilities], [...install.granted_caps]);
  if (!effective.includes("cap:storage.kv")) {
    throw new StorageError("NAMESPACE_DENIED", "cap:storage.kv is not granted to this install.", {
      details: { capability: "cap:storage.kv" },
    });
  }
  return { registryId: install.registry_id };
}
