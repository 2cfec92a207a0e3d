import { checkComponent, type TrustSource } from "@alga-ext/bundle";
import { readBundle } from "@alga-ext/bundle/node";
import { bundleBlobPath, contentHashHex, type FinalizeResult, type Principal } from "@alga-ext/protocol";
import { assertPublisher } from "../access/assert-publisher.ts";
import type { RegistryDb } from "../db/registry-db.ts";
import { RegistryError } from "../errors.ts";
import type { BlobStore } from "../ports.ts";
import { appendEvent } from "../releases/append-event.ts";
import { claimVersion } from "./claim-version.ts";
import { insertVersion, lockExtension } from "./insert-version.ts";
import { assertOwned, ownPublisher } from "./own-publisher.ts";
import { storeBundle } from "./store-bundle.ts";
import { verifySignatures } from "./verify-signatures.ts";

/** Where the one component of an extension lies in its archive; without it the extension is interface only. */
const COMPONENT_PATH = "dist/main.wasm";

/** What {@link publish} works with. */
export interface PublishContext {
  readonly db: RegistryDb;
  readonly blobs: BlobStore;
  readonly trust: TrustSource | null;
  readonly allowUnsigned: boolean;
  readonly clock: () => number;
}

/** What {@link publish} takes. */
export interface PublishRequest {
  readonly archive: Uint8Array;
  /** General-serialisation JWS as JSON text, or null when unsigned. */
  readonly signatures: string | null;
  /** Needs `extension:publish`. */
  readonly principal: Principal;
}

/** Answer of {@link publish}. */
export interface PublishResult extends FinalizeResult {
  readonly warnings: readonly string[];
  /** False when these bytes were published before and nothing changed. */
  readonly created: boolean;
}

/**
 * Publish an archive: read it strictly, inspect its component, verify its signatures, store it, and commit its
 * version in one transaction. Repeating it with the same bytes gives the same answer.
 *
 * @throws {RegistryError} `forbidden`, `signature_required`, `publisher_not_owned`, `name_taken`, `version_exists`
 * @throws {BundleError} for the archive, the component (`undeclared_import`, …) and the signatures
 * @throws {ManifestError} `invalid_manifest`
 */
export async function publish(context: PublishContext, request: PublishRequest): Promise<PublishResult> {
  const { db, blobs } = context;
  if (!request.principal.permissions.includes("extension:publish")) {
    throw new RegistryError("forbidden", "Publishing needs the permission extension:publish.");
  }
  const now = new Date(context.clock());
  const bundle = await readBundle(request.archive);
  const { manifest, contentHash } = bundle;
  assertPublisher(request.principal, manifest.publisher);
  const component = bundle.files.get(COMPONENT_PATH);
  const warnings = [
    ...bundle.warnings,
    ...(component === undefined ? [] : checkComponent(component, manifest).warnings),
  ];
  const vouched = await verifySignatures(bundle, request.signatures, { ...context, now });
  // A stranger's signature must not even reach the blob store.
  const { keyIds, isBound } = vouched;
  await db.shared((tx) => assertOwned(tx, { publisher: manifest.publisher, keyIds, isBound }));

  const known = await db.shared((tx) =>
    tx
      .selectFrom("extension_bundle")
      .select("signature")
      .where("content_hash", "=", contentHash)
      .limit(1)
      .executeTakeFirst(),
  );
  // What is published stays as it is: a later signature of the same bytes does not replace the stored one.
  await storeBundle(blobs, {
    contentHash,
    archive: request.archive,
    signatures: known === undefined ? vouched.signatures : null,
  });

  return db.shared(async (tx) => {
    const registryId = await lockExtension(tx, { manifest, now });
    await ownPublisher(tx, { publisher: manifest.publisher, keyIds, isBound, now });
    const claim = await claimVersion(tx, { registryId, wanted: manifest.version, contentHash });
    const answer = (version: { readonly id: string; readonly version: string }): PublishResult => ({
      extension: { id: registryId, name: manifest.name, publisher: manifest.publisher },
      version: { id: version.id, version: version.version },
      contentHash: contentHashHex(contentHash),
      canonicalKey: bundleBlobPath(contentHash),
      warnings,
      created: claim.existing === null,
    });
    if (claim.existing !== null) return answer(claim.existing);
    const id = await insertVersion(tx, {
      registryId,
      version: claim.version,
      bundle,
      sizeBytes: request.archive.length,
      vouched,
      publishedBy: request.principal.userId,
      now,
    });
    await appendEvent(tx, {
      tenantId: "",
      type: "version_published",
      actor: request.principal.userId,
      payload: {
        registryId,
        publisher: manifest.publisher,
        name: manifest.name,
        version: claim.version,
        versionId: id,
        contentHash,
        keyIds: [...keyIds],
      },
      at: now,
    });
    return answer({ id, version: claim.version });
  });
}
