import type { Bundle } from "@alga-ext/bundle/node";
import type { Manifest } from "@alga-ext/manifest";
import { bundleBlobPath } from "@alga-ext/protocol";
import type { SharedDb } from "../db/registry-db.ts";
import { RegistryError } from "../errors.ts";
import { lookalikeOf } from "./check-names.ts";
import type { Vouched } from "./verify-signatures.ts";

/**
 * Find or make the extension's row, up to date with this manifest, and lock it until the transaction ends.
 *
 * @throws {RegistryError} `name_taken` when another extension's slug is the same or reads the same.
 */
export async function lockExtension(
  tx: SharedDb,
  { manifest, now }: { readonly manifest: Manifest; readonly now: Date },
): Promise<string> {
  const { publisher, name, slug } = manifest;
  const shown = { display_name: clean(manifest.displayName), description: clean(manifest.description) };
  const lookalike = `${lookalikeOf(publisher)}.${lookalikeOf(name)}`;
  await tx
    .insertInto("extension_registry")
    .values({ publisher, name, slug, ...shown, lookalike, created_at: now, updated_at: now })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const row = await tx
    .selectFrom("extension_registry")
    .select("id")
    .where("publisher", "=", publisher)
    .where("name", "=", name)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) {
    throw new RegistryError(
      "name_taken",
      `Another extension is already known as ${slug}, or as something that reads like it.`,
      {
        details: { slug },
      },
    );
  }
  return row.id;
}

/** Insert the version with its bundle and endpoints; returns the version's id. */
export async function insertVersion(
  tx: SharedDb,
  request: {
    readonly registryId: string;
    readonly version: string;
    readonly bundle: Bundle;
    readonly vouched: Vouched;
    readonly publishedBy: string;
    readonly now: Date;
  },
): Promise<string> {
  const { registryId, bundle, vouched, now } = request;
  const { manifest } = bundle;
  const { id } = await tx
    .insertInto("extension_version")
    .values({
      registry_id: registryId,
      version: request.version,
      runtime: manifest.runtime,
      main_entry: manifest.ui?.entry ?? "main",
      api: JSON.stringify({ endpoints: manifest.endpoints }),
      api_endpoints: JSON.stringify(manifest.endpoints),
      ui: JSON.stringify(manifest.ui),
      capabilities: JSON.stringify(manifest.capabilities),
      egress: JSON.stringify(manifest.egress.map((egress) => egress.host)),
      manifest: manifestText(bundle),
      published_by: request.publishedBy,
      created_at: now,
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  await tx
    .insertInto("extension_bundle")
    .values({
      version_id: id,
      content_hash: bundle.contentHash,
      tar_digest: bundle.tarDigest,
      signature: vouched.signatures,
      signing_key_ids: JSON.stringify(vouched.keyIds),
      storage_url: bundleBlobPath(bundle.contentHash),
      size_bytes: bundle.archiveBytes,
      created_at: now,
    })
    .execute();
  if (manifest.endpoints.length > 0) {
    await tx
      .insertInto("extension_api_endpoint")
      .values(
        manifest.endpoints.map(({ method, path, handler }) => ({
          version_id: id,
          method,
          path,
          handler,
          created_at: now,
        })),
      )
      .execute();
  }
  await tx
    .updateTable("extension_registry")
    .set({
      display_name: clean(manifest.displayName),
      description: clean(manifest.description),
      updated_at: now,
    })
    .where("id", "=", registryId)
    .execute();
  return id;
}

function manifestText(bundle: Bundle): string {
  return new TextDecoder().decode(bundle.files.get("manifest.json"));
}

/** Postgres text cannot hold NUL. */
function clean(text: string): string {
  return text.replaceAll("\0", "\u{fffd}").toWellFormed();
}
