import { BundleError } from "@alga-ext/bundle";
import { parseManifest, type Manifest } from "@alga-ext/manifest";
import {
  bundleBlobPath,
  contentHashHex,
  isContentHash,
  toContentHash,
  type FinalizeRequest,
  type FinalizeResult,
  type JsonValue,
  type Principal,
} from "@alga-ext/protocol";
import { RegistryError } from "../errors.ts";
import { publishArchive, type PublishContext } from "../publish/publish-archive.ts";
import { requirePublish } from "../publish/require-publish.ts";
import { parseStagingKey } from "./staging-key.ts";

/**
 * Publish a staged upload of the caller's tenant. Repeating it after success gives the same answer.
 *
 * @throws {RegistryError} `forbidden`, `staging_not_found`, `hash_mismatch`, `upload_size_mismatch`,
 * `manifest_mismatch`, `blob_corrupt` when the store does not give back what was uploaded, and all that `publish`
 * throws.
 */
export async function finalize(
  context: PublishContext,
  request: FinalizeRequest & { readonly principal: Principal },
): Promise<FinalizeResult> {
  const { db, blobs } = context;
  const { key, manifestJson, principal } = request;
  requirePublish(principal);
  const id = parseStagingKey(key);
  const upload = id === null ? undefined : await readUpload(context, principal.tenantId, id);
  if (id === null || upload === undefined) throw notFound();
  if (upload.version_id !== null) return readResult(context, upload.version_id);
  // Written when all bytes had arrived.
  if (upload.sha256 === "") throw notFound();
  checkSize(request.size, Number(upload.size_bytes));
  checkHash([request.declaredHash, upload.declared_hash], upload.sha256);
  const outcome = await publishArchive(context, {
    source: () => blobs.read(key),
    expectedHash: toContentHash(`sha256:${upload.sha256}`),
    ...(manifestJson === undefined
      ? {}
      : { checkManifest: (manifest: Manifest) => checkManifest(manifestJson, manifest) }),
    signatures: request.signatures ?? null,
    principal,
  }).catch(async (error: unknown) => {
    // Another request may have finished in between, and taken the upload away.
    const done = isGone(error) ? (await readUpload(context, principal.tenantId, id))?.version_id : null;
    if (done === undefined || done === null) throw toCorrupt(error, key);
    return { ...(await readResult(context, done)), created: false };
  });
  const { created: _, ...result } = outcome;
  await db.withTenant(principal.tenantId, (tx) =>
    tx
      .updateTable("extension_upload")
      .set({ version_id: result.version.id })
      .where("tenant_id", "=", principal.tenantId)
      .where("id", "=", id)
      .execute(),
  );
  await blobs.delete(key);
  return result;
}

function isGone(error: unknown): boolean {
  return error instanceof RegistryError && error.code === "staging_not_found";
}

/** What was uploaded had this digest: other bytes now are the store's doing. */
function toCorrupt(error: unknown, key: string): unknown {
  if (!(error instanceof BundleError) || error.code !== "digest_mismatch") return error;
  return new RegistryError("blob_corrupt", "The store gave back other bytes than were uploaded.", {
    cause: error,
    details: { key },
  });
}

function readUpload(context: PublishContext, tenantId: string, id: string) {
  return context.db.withTenant(tenantId, (tx) =>
    tx
      .selectFrom("extension_upload")
      .select(["version_id", "declared_hash", "sha256", "size_bytes"])
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

function checkHash(declared: readonly (string | null | undefined)[], computed: string): void {
  for (const hash of declared) {
    if (hash === null || hash === undefined || hash === computed) continue;
    throw new RegistryError("hash_mismatch", "The upload is not the archive that was declared.", {
      details: { declared: hash, computed },
    });
  }
}

/** The archive's own manifest is the only one that counts; a copy beside it must say the same. */
function checkManifest(manifestJson: string, manifest: Manifest): void {
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
