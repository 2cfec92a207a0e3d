import { consentItems, parseManifest } from "@alga-ext/manifest";
import type { CatalogEntry, CatalogVersion } from "@alga-ext/protocol";
import type { RegistryDb } from "../db/registry-db.ts";
import { readInstalls } from "../installs/install-summary.ts";
import { compareVersions } from "./version-order.ts";

/** Everything published, by display name, each with what this tenant has installed of it. */
export function readCatalog(db: RegistryDb, tenantId: string): Promise<CatalogEntry[]> {
  return db.withTenant(tenantId, async (tx) => {
    const extensions = await tx
      .selectFrom("extension_registry")
      .select(["id", "publisher", "name", "display_name", "description"])
      .orderBy("display_name")
      .orderBy("slug")
      .execute();
    const versions = await tx
      .selectFrom("extension_version as v")
      .innerJoin("extension_bundle as b", "b.version_id", "v.id")
      .select(["v.id", "v.registry_id", "v.version", "v.manifest", "v.created_at", "b.content_hash"])
      .execute();
    const installs = new Map(
      (await readInstalls(tx, { tenantId })).map((install) => [install.registryId, install]),
    );
    const byExtension = Map.groupBy(versions, (version) => version.registry_id);
    return extensions.map((extension) => ({
      registryId: extension.id,
      publisher: extension.publisher,
      name: extension.name,
      displayName: extension.display_name,
      description: extension.description,
      versions: (byExtension.get(extension.id) ?? [])
        .map((row): CatalogVersion => ({
          versionId: row.id,
          version: row.version,
          contentHash: row.content_hash,
          createdAt: row.created_at.toISOString(),
          consent: consentItems(parseManifest(row.manifest).manifest),
        }))
        .sort((a, b) => compareVersions(b.version, a.version)),
      install: installs.get(extension.id) ?? null,
    }));
  });
}
