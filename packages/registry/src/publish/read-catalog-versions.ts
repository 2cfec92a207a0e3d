import { sql } from "kysely";
import type { TenantDb } from "../db/registry-db.ts";

/** Versions of one extension that the catalogue shows at most, besides the installed one. */
const SHOWN_VERSIONS = 10;

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

/** The newest versions of each extension that are not yanked, and the versions named by id; newest first. */
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
      select newest.id from unnest(${registryIds}::uuid[]) as wanted (registry_id)
      cross join lateral (
        select nv.id from extension_version nv
        where nv.registry_id = wanted.registry_id and not exists (
          select from extension_version_state ns where ns.version_id = nv.id and ns.yanked_at is not null)
        order by nv.sort_key desc limit ${SHOWN_VERSIONS}) as newest
      union select unnest(${versionIds}::uuid[])) as shown
    join extension_version v on v.id = shown.id
    join extension_bundle b on b.version_id = v.id
    left join extension_version_state s on s.version_id = v.id
    order by v.registry_id, v.sort_key desc`.execute(tx);
  return rows;
}
