import { toContentHash, type ContentHash } from "@alga-ext/protocol";
import type { SharedDb, TenantDb } from "../db/registry-db.ts";
import { isTenantId } from "../internal/is-tenant-id.ts";
import { isUuid } from "../internal/is-uuid.ts";
import { createRevocationCheck } from "./check-revoked.ts";
import { findRegistryId } from "./find-registry-id.ts";
import type { InstallContext } from "./install-context.ts";

/** How long pages of a version that was replaced may still load their parts. */
const FORMER_VERSION_MS = 60 * 60 * 1000;

/** What a runner asks before it serves. */
export interface ValidateInstallQuery {
  /** Whose install; absent asks only whether the hash is a published version of the extension. */
  readonly tenantId?: string;
  /** UUID or slug. */
  readonly registryId: string;
  /** With or without the `sha256:` prefix. */
  readonly contentHash: string;
}

/** Answers {@link ValidateInstallQuery}. */
export type ValidateInstall = (query: ValidateInstallQuery) => Promise<boolean>;

/**
 * Whether a runner may serve an archive's interface: the tenant's active install has exactly this content, or had it
 * within the last hour, so that open pages survive an update; or, without a tenant, the hash was published for this
 * extension (its code is no tenant's secret; its data is). Never what has been revoked since.
 */
export function createInstallValidation(
  context: Pick<InstallContext, "db" | "trust" | "allowUnsigned" | "clock">,
): ValidateInstall {
  const { db, clock } = context;
  const isRevoked = createRevocationCheck(context);
  return async ({ tenantId = "", registryId, contentHash }) => {
    const hash = parseHash(contentHash);
    if (hash === null || (tenantId !== "" && !isTenantId(tenantId))) return false;
    const wanted = { tenantId, registryId, hash, servedSince: new Date(clock() - FORMER_VERSION_MS) };
    const versionId =
      tenantId === ""
        ? await db.shared((tx) => findPublished(tx, wanted))
        : await db.withTenant(tenantId, (tx) => findServed(tx, wanted));
    return versionId !== undefined && !(await isRevoked(versionId));
  };
}

interface Wanted {
  readonly tenantId: string;
  readonly registryId: string;
  readonly hash: ContentHash;
  readonly servedSince: Date;
}

async function findPublished(tx: SharedDb, { registryId, hash }: Wanted): Promise<string | undefined> {
  if (!isUuid(registryId)) return undefined;
  const row = await tx
    .selectFrom("extension_bundle as b")
    .innerJoin("extension_version as v", "v.id", "b.version_id")
    .select("v.id")
    .where("b.content_hash", "=", hash)
    .where("v.registry_id", "=", registryId)
    .limit(1)
    .executeTakeFirst();
  return row?.id;
}

async function findServed(tx: TenantDb, wanted: Wanted): Promise<string | undefined> {
  const { tenantId, hash, servedSince } = wanted;
  const registryId = await findRegistryId(tx, wanted.registryId);
  if (registryId === null) return undefined;
  const row = await tx
    .selectFrom("tenant_extension_install as i")
    .innerJoin("tenant_extension_install_version as h", (join) =>
      join.onRef("h.tenant_id", "=", "i.tenant_id").onRef("h.install_id", "=", "i.id"),
    )
    .innerJoin("extension_bundle as b", "b.version_id", "h.version_id")
    .select("h.version_id")
    .where("i.tenant_id", "=", tenantId)
    .where("i.registry_id", "=", registryId)
    .where("i.is_enabled", "=", true)
    .where("i.status", "=", "enabled")
    .where("i.uninstalled_at", "is", null)
    .where("b.content_hash", "=", hash)
    .where((eb) => eb.or([eb("h.until", "is", null), eb("h.until", ">", servedSince)]))
    .limit(1)
    .executeTakeFirst();
  return row?.version_id;
}

function parseHash(text: string): ContentHash | null {
  try {
    return toContentHash(text);
  } catch {
    return null;
  }
}
