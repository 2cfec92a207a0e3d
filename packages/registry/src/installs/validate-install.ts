import { toContentHash, type ContentHash } from "@alga-ext/protocol";
import type { RegistryDb } from "../db/registry-db.ts";
import { isUuid } from "../internal/is-uuid.ts";

/** What {@link validateInstall} checks. */
export interface ValidateInstallQuery {
  /** Whose install; absent asks only whether the hash is a published version of the extension. */
  readonly tenantId?: string;
  readonly registryId: string;
  /** With or without the `sha256:` prefix. */
  readonly contentHash: string;
}

/**
 * Whether a runner may serve this archive's interface: the tenant's active install has exactly this content, or,
 * without a tenant, the hash was published for this extension (its code is no tenant's secret; its data is).
 */
export async function validateInstall(db: RegistryDb, query: ValidateInstallQuery): Promise<boolean> {
  const hash = parseHash(query.contentHash);
  if (hash === null || !isUuid(query.registryId)) return false;
  const { tenantId, registryId } = query;
  if (tenantId === undefined || tenantId === "") {
    const published = await db.shared((tx) =>
      tx
        .selectFrom("extension_bundle as b")
        .innerJoin("extension_version as v", "v.id", "b.version_id")
        .select("b.id")
        .where("b.content_hash", "=", hash)
        .where("v.registry_id", "=", registryId)
        .limit(1)
        .executeTakeFirst(),
    );
    return published !== undefined;
  }
  const active = await db.withTenant(tenantId, (tx) =>
    tx
      .selectFrom("tenant_extension_install as i")
      .innerJoin("extension_bundle as b", "b.version_id", "i.version_id")
      .select("i.id")
      .where("i.tenant_id", "=", tenantId)
      .where("i.registry_id", "=", registryId)
      .where("i.is_enabled", "=", true)
      .where("i.status", "=", "enabled")
      .where("b.content_hash", "=", hash)
      .executeTakeFirst(),
  );
  return active !== undefined;
}

function parseHash(text: string): ContentHash | null {
  try {
    return toContentHash(text);
  } catch {
    return null;
  }
}
