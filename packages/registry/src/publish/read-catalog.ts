import { consentItems, diffManifests, type Manifest } from "@alga-ext/manifest";
import type { CatalogEntry, CatalogVersion, VersionChange } from "@alga-ext/protocol";
import type { RegistryDb } from "../db/registry-db.ts";
import { readInstalls } from "../installs/install-summary.ts";
import type { ReadManifest } from "./manifest-reader.ts";
import { compareVersions } from "./version-order.ts";

/**
 * Everything published, by display name, each with what this tenant has installed of it and what every other version
 * would change.
 */
export function readCatalog(
  { db, readManifest }: { readonly db: RegistryDb; readonly readManifest: ReadManifest },
  tenantId: string,
): Promise<CatalogEntry[]> {
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
      (await readInstalls(tx, { tenantId, readManifest })).map((install) => [install.registryId, install]),
    );
    const byExtension = Map.groupBy(versions, (version) => version.registry_id);
    return extensions.map((extension) => {
      const install = installs.get(extension.id) ?? null;
      const rows = (byExtension.get(extension.id) ?? []).map((row) => ({
        ...row,
        parsed: readManifest({ versionId: row.id, manifest: row.manifest }),
      }));
      const installed = rows.find((row) => row.id === install?.versionId);
      return {
        registryId: extension.id,
        publisher: extension.publisher,
        name: extension.name,
        displayName: extension.display_name,
        description: extension.description,
        versions: rows
          .map((row): CatalogVersion => ({
            versionId: row.id,
            version: row.version,
            contentHash: row.content_hash,
            createdAt: row.created_at.toISOString(),
            consent: consentItems(row.parsed),
            change:
              installed === undefined || installed === row ? null : toChange(installed.parsed, row.parsed),
          }))
          .sort((a, b) => compareVersions(b.version, a.version)),
        install,
      };
    });
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
