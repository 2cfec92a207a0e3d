import { consentItems, diffManifests, type Manifest } from "@alga-ext/manifest";
import type { CatalogEntry, CatalogVersion, InstallSummary, VersionChange } from "@alga-ext/protocol";
import { sql } from "kysely";
import type { RegistryDb, SharedDb, TenantDb } from "../db/registry-db.ts";
import { RegistryError } from "../errors.ts";
import { readInstalls } from "../installs/install-summary.ts";
import { isUuid } from "../internal/is-uuid.ts";
import { toStatus } from "../releases/list-versions.ts";
import { toLimit } from "../releases/page.ts";
import { toSearchQuery } from "../releases/search-words.ts";
import { tryManifest, type ReadManifest } from "./manifest-reader.ts";
import { readCatalogVersions, type CatalogVersionRow } from "./read-catalog-versions.ts";

/** Which part of the catalogue to answer. */
export interface CatalogQuery {
  /** 1 to 100. @default 50 */
  readonly limit?: number;
  /** `registryId` of the last entry of the page before; the last page is shorter than `limit`. */
  readonly cursor?: string;
  /** Beginnings of words of slug, display name or description; all must occur. */
  readonly search?: string;
}

/**
 * What a tenant can install or has installed, by slug: each extension with its newest versions, at most ten, and the
 * installed one, and what every one of them would change. Yanked versions are left out unless installed.
 *
 * @throws {RegistryError} `invalid_request`
 */
export function readCatalog(
  { db, readManifest }: { readonly db: RegistryDb; readonly readManifest: ReadManifest },
  { tenantId, ...query }: CatalogQuery & { readonly tenantId: string },
): Promise<CatalogEntry[]> {
  const limit = toLimit(query.limit);
  const search = toSearchQuery(query.search);
  return db.withTenant(tenantId, async (tx) => {
    const installs = new Map(
      (await readInstalls(tx, { tenantId, readManifest })).map((install) => [install.registryId, install]),
    );
    const extensions = await readPage(tx, {
      limit,
      search,
      after: query.cursor === undefined ? null : await slugOf(tx, query.cursor),
      installed: [...installs.keys()],
    });
    const ids = extensions.map(({ id }) => id);
    const installed = ids.flatMap((id) => installs.get(id)?.versionId ?? []);
    const versions = Map.groupBy(
      await readCatalogVersions(tx, { registryIds: ids, versionIds: installed }),
      (row) => row.registry_id,
    );
    return extensions.map((extension) => {
      const install = installs.get(extension.id) ?? null;
      return {
        registryId: extension.id,
        publisher: extension.publisher,
        name: extension.name,
        displayName: extension.display_name,
        description: extension.description,
        versions: toCatalogVersions(versions.get(extension.id) ?? [], { install, readManifest }),
        install,
      };
    });
  });
}

async function slugOf(tx: TenantDb, cursor: string): Promise<string> {
  const row = isUuid(cursor)
    ? await tx.selectFrom("extension_registry").select("slug").where("id", "=", cursor).executeTakeFirst()
    : undefined;
  if (row !== undefined) return row.slug;
  throw new RegistryError("invalid_request", "The cursor is the registryId of the last entry you have.", {
    details: { field: "cursor" },
  });
}

function readPage(
  tx: TenantDb,
  page: {
    readonly limit: number;
    readonly search: string | null;
    readonly after: string | null;
    readonly installed: readonly string[];
  },
) {
  const { limit, search, after, installed } = page;
  return (tx as unknown as SharedDb)
    .selectFrom("extension_registry as r")
    .select(["r.id", "r.publisher", "r.name", "r.display_name", "r.description"])
    .where((eb) =>
      eb.or([
        eb("r.newest_version_id", "is not", null),
        eb("r.id", "=", sql<string>`any(${installed}::uuid[])`),
      ]),
    )
    .$if(after !== null, (query) => query.where("r.slug", ">", after ?? ""))
    .$if(search !== null, (query) =>
      query.where(sql<boolean>`r.search @@ to_tsquery('simple', lower(${search ?? ""}))`),
    )
    .orderBy("r.slug")
    .limit(limit)
    .execute();
}

function toCatalogVersions(
  rows: readonly CatalogVersionRow[],
  { install, readManifest }: { readonly install: InstallSummary | null; readonly readManifest: ReadManifest },
): CatalogVersion[] {
  const read = new Map(
    rows.map((row) => [row.id, tryManifest(readManifest, { versionId: row.id, manifest: row.manifest })]),
  );
  const current = install === null ? undefined : read.get(install.versionId);
  return rows.map((row) => {
    const manifest = read.get(row.id);
    const shown = {
      versionId: row.id,
      version: row.version,
      contentHash: row.content_hash,
      createdAt: row.created_at.toISOString(),
    };
    if (manifest === undefined || manifest instanceof RegistryError) {
      return { ...shown, consent: [], change: null, status: "unreadable", reason: manifest?.message ?? "" };
    }
    const isOther =
      current !== undefined && !(current instanceof RegistryError) && row.id !== install?.versionId;
    const { status, reason } = toStatus(row);
    return {
      ...shown,
      consent: consentItems(manifest),
      change: isOther ? toChange(current, manifest) : null,
      ...(reason === null ? {} : { status, reason }),
    };
  });
}

function toChange(before: Manifest, after: Manifest): VersionChange {
  const { semver, asksForMore, consent, capabilities, egress, endpoints } = diffManifests(before, after);
  return {
    semver,
    asksForMore,
    consent,
    removed: { capabilities: capabilities.removed, egress: egress.removed },
    endpoints: { added: endpoints.added, removed: endpoints.removed },
  };
}
