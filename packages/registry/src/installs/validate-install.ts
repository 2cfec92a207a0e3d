import { toContentHash, type ContentHash } from "@alga-ext/protocol";
import type { RegistryDb } from "../db/registry-db.ts";
import { findRegistryId } from "./find-registry-id.ts";
import { isUuid } from "../internal/is-uuid.ts";

/** How long pages of a version that was replaced may still load their parts. */
const FORMER_VERSION_MS = 60 * 60 * 1000;

/** What {@link validateInstall} checks. */
export interface ValidateInstallQuery {
  /** Whose install; absent asks only whether the hash is a published version of the extension. */
  readonly tenantId?: string;
  /** UUID or slug. */
  readonly registryId: string;
  /** With or without the `sha256:` prefix. */
  readonly contentHash: string;
}

/**
 * Whether a runner may serve this archive's interface: the tenant's active install has exactly this content, or had it
 * within the last hour, so that open pages survive an update; or, without a tenant, the hash was published for this
 * extension (its code is no tenant's secret; its data is).
 */
export async function validateInstall(
  { db, clock }: { readonly db: RegistryDb; readonly clock: () => number },
  query: ValidateInstallQuery,
): Promise<boolean> {
  const hash = parseHash(query.contentHash);
  if (hash === null) return false;
  const { tenantId, registryId } = query;
  if (tenantId === undefined || tenantId === "") {
    if (!isUuid(registryId)) return false;
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
  const servedSince = new Date(clock() - FORMER_VERSION_MS);
  const served = await db.withTenant(tenantId, async (tx) => {
    const id = await findRegistryId(tx, registryId);
    if (id === null) return undefined;
    return tx
      .selectFrom("tenant_extension_install as i")
      .innerJoin("tenant_extension_install_version as h", (join) =>
        join.onRef("h.tenant_id", "=", "i.tenant_id").onRef("h.install_id", "=", "i.id"),
      )
      .innerJoin("extension_bundle as b", "b.version_id", "h.version_id")
      .select("i.id")
      .where("i.tenant_id", "=", tenantId)
      .where("i.registry_id", "=", id)
      .where("i.is_enabled", "=", true)
      .where("i.status", "=", "enabled")
      .where("b.content_hash", "=", hash)
      .where((eb) => eb.or([eb("h.until", "is", null), eb("h.until", ">", servedSince)]))
      .limit(1)
      .executeTakeFirst();
  });
  return served !== undefined;
}

function parseHash(text: string): ContentHash | null {
  try {
    return toContentHash(text);
  } catch {
    return null;
  }
}
