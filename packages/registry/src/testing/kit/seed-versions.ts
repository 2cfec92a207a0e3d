import { createHash } from "node:crypto";
import type { TestDatabase } from "./database.ts";
import { newManifest } from "./world.ts";

/** Insert versions past the registry, with bundles that are in no store; answers their ids. */
export async function seedVersions(
  { admin }: TestDatabase,
  seed: {
    readonly registryId: string;
    readonly versions: readonly string[];
    /** Verbatim. @default a good one */
    readonly manifest?: string;
    readonly publishedBy?: string;
  },
): Promise<string[]> {
  const { registryId, versions, manifest = JSON.stringify(newManifest()), publishedBy = "seed" } = seed;
  const hashes = versions.map(
    (version) => `sha256:${createHash("sha256").update(`${registryId} ${version}`).digest("hex")}`,
  );
  const rows = await admin(
    `with seed as (select * from unnest($2::text[], $3::text[]) as s (version, hash)),
      added as (insert into extension_version (registry_id, version, runtime, main_entry, api, api_endpoints, ui,
          capabilities, egress, manifest, published_by, created_at)
        select $1::uuid, version, 'wasm-js@1', 'main', '{}', '[]', 'null', '[]', '[]', $4, $5, '2026-01-01' from seed
        returning id, version),
      bundled as (insert into extension_bundle (version_id, content_hash, tar_digest, signing_key_ids, storage_url,
          size_bytes, created_at)
        select added.id, seed.hash, seed.hash, '[]', '', 1, '2026-01-01' from added join seed using (version))
     select id, version from added`,
    [registryId, versions, hashes, manifest, publishedBy],
  );
  const ids = new Map(rows.map(({ id, version }) => [String(version), String(id)]));
  return versions.map((version) => ids.get(version) ?? "");
}
