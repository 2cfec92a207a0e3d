import { createHash } from "node:crypto";
import {
  bundleBlobPath,
  contentHashHex,
  isContentHash,
  type FinalizeRequest,
  type FinalizeResult,
  type JsonValue,
  type Principal,
} from "@alga-ext/protocol";
import { readBundle } from "@alga-ext/bundle/node";
import { parseManifest } from "@alga-ext/manifest";
import { RegistryError } from "../errors.ts";
import { publish, type PublishContext } from "../publish/publish.ts";
import { requirePublish } from "./stage.ts";
import { parseStagingKey } from "./staging-key.ts";

/**
 * Publish a staged upload of the caller's tenant. Repeating it after success gives the same answer.
 *
 * @throws {RegistryError} `forbidden`, `staging_not_found`, `hash_mismatch`, `upload_size_mismatch`,
 * `manifest_mismatch`, and all that `publish` throws.
 */
export async function finalize(
  context: PublishContext,
  request: FinalizeRequest & { readonly principal: Principal },
): Promise<FinalizeResult> {
  const { principal } = request;
  requirePublish(principal);
  const id = parseStagingKey(request.key);
  const upload = id === null ? undefined : await readUpload(context, principal.tenantId, id);
  if (id === null || upload === undefined) throw notFound();
  if (upload.version_id !== null) return readResult(context, upload.version_id);
  const archive = await context.blobs.get(request.key);
  if (archive === null) {
    // Another request may have finished in between.
    const done = (await readUpload(context, principal.tenantId, id))?.version_id;
    if (done !== undefined && done !== null) return readResult(context, done);
    throw notFound();
  }
  checkSize(request.size, archive.length);
  checkHash([request.declaredHash, upload.declared_hash], archive);
  if (request.manifestJson !== undefined) await checkManifest(request.manifestJson, archive);

  const { created: _, ...result } = await publish(context, {
    archive,
    signatures: request.signatures ?? null,
    principal,
  });
  await context.db.withTenant(principal.tenantId, (tx) =>
    tx
      .updateTable("extension_upload")
      .set({ version_id: result.version.id })
      .where("tenant_id", "=", principal.tenantId)
      .where("id", "=", id)
      .execute(),
  );
  await context.blobs.delete(request.key);
  return result;
}

function readUpload(context: PublishContext, tenantId: string, id: string) {
  return context.db.withTenant(tenantId, (tx) =>
    tx
      .selectFrom("extension_upload")
      .select(["version_id", "declared_hash"])
      .where("tenant_id", "=", tenantId)
      .where("id", "=", id)
      .executeTakeFirst(),
  );
}

async function readResult(context: PublishContext, versionId: string): Promise<FinalizeResult> {
  const row = await context.db.shared((tx) =>
    tx
      .selectFrom("extension_version as v")
      .innerJoin("extension_registry as r", "r.id", "v.registry_id")
      .innerJoin("extension_bundle as b", "b.version_id", "v.id")
      .select(["r.id as registry_id", "r.name", "r.publisher", "v.id", "v.version", "b.content_hash"])
      .where("v.id", "=", versionId)
      .executeTakeFirstOrThrow(),
  );
  if (!isContentHash(row.content_hash)) throw new TypeError("The database holds a malformed content hash.");
  return {
    extension: { id: row.registry_id, name: row.name, publisher: row.publisher },
    version: { id: row.id, version: row.version },
    contentHash: contentHashHex(row.content_hash),
    canonicalKey: bundleBlobPath(row.content_hash),
    warnings: [],
  };
}

function checkSize(declared: number | undefined, actual: number): void {
  if (declared === undefined || declared === actual) return;
  throw new RegistryError("upload_size_mismatch", "The staged upload has another size.", {
    details: { declared, received: actual },
  });
}

function checkHash(declared: readonly (string | null | undefined)[], archive: Uint8Array): void {
  const computed = createHash("sha256").update(archive).digest("hex");
  for (const hash of declared) {
    if (hash === null || hash === undefined || hash === computed) continue;
    throw new RegistryError("hash_mismatch", "The upload is not the archive that was declared.", {
      details: { declared: hash, computed },
    });
  }
}

/** The archive's own manifest is the only one that counts; a copy beside it must say the same. */
async function checkManifest(manifestJson: string, archive: Uint8Array): Promise<void> {
  const { manifest } = await readBundle(archive);
  const given = parseManifest(manifestJson).manifest;
  if (canonical(given.raw) === canonical(manifest.raw)) return;
  throw new RegistryError("manifest_mismatch", "manifestJson differs from the archive's manifest.json.");
}

function canonical(value: JsonValue): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

function notFound(): RegistryError {
  return new RegistryError("staging_not_found", "There is no such staged upload.");
}
