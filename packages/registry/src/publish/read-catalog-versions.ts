import { sql } from "kysely";
import type { TenantDb } from "../db/registry-db.ts";

/** Versions of one extension that the catalogue shows at most, besides the installed one. */
const SHOWN_VERSIONS = 10;
/** Versions that are looked at for it: who yanks more in a row shows fewer, and slows down nobody. */
const LOOKED_AT = 100;

/** A version as the catalogue needs it. */
export interface CatalogVersionRow {
  readonly id: string;
  readonly registry_id: string;
  readonly version: string;
  /** Verbatim. */
  readonly manifest: string;
  readonly created_at: Date;
  readonly content_hash: string;
  readonly deprecated_reason: string | null;
  readonly deprecated_at: Date | null;
  readonly yanked_reason: string | null;
  readonly yanked_at: Date | null;
}

/**
 * The newest versions of each extension that are not yanked, its latest release, and the versions named by id; newest
 * first.
 */
export async function readCatalogVersions(
  tx: TenantDb,
  {
    registryIds,
    versionIds,
  }: { readonly registryIds: readonly string[]; readonly versionIds: readonly string[] },
): Promise<CatalogVersionRow[]> {
  const { rows } = await sql<CatalogVersionRow>`
    select v.id, v.registry_id, v.version, v.manifest, v.created_at, b.content_hash,
      s.deprecated_reason, s.deprecated_at, s.yanked_reason, s.yanked_at
    from (
      select offered.id from unnest(${registryIds}::uuid[]) as wanted (registry_id)
      cross join lateral (
        select nv.id from (
          select id, sort_key from extension_version
          where registry_id = wanted.registry_id order by sort_key desc limit ${LOOKED_AT}) as nv
        where not exists (
          select from extension_version_state ns where ns.version_id = nv.id and ns.yanked_at is not null)
        order by nv.sort_key desc limit ${SHOWN_VERSIONS}) as offered
      union select unnest(array[newest_version_id, latest_version_id]) from extension_registry
        where id = any(${registryIds}::uuid[])
      union select unnest(${versionIds}::uuid[])) as shown
    join extension_version v on v.id = shown.id
    join extension_bundle b on b.version_id = v.id
    left join extension_version_state s on s.version_id = v.id
    order by v.registry_id, v.sort_key desc`.execute(tx);
  return rows;
}
