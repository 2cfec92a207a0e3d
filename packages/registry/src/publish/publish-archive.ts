import { checkComponent, type TrustSource } from "@alga-ext/bundle";
import { readBundle, type Bundle } from "@alga-ext/bundle/node";
import type { Manifest } from "@alga-ext/manifest";
import {
  bundleBlobPath,
  contentHashHex,
  type ContentHash,
  type FinalizeResult,
  type Principal,
} from "@alga-ext/protocol";
import { assertPublisher } from "../access/assert-publisher.ts";
import type { RegistryDb, SharedDb } from "../db/registry-db.ts";
import { RegistryError } from "../errors.ts";
import type { BlobStore } from "../ports.ts";
import { appendEvent } from "../releases/append-event.ts";
import { appendOutbox } from "./append-outbox.ts";
import { checkNames } from "./check-names.ts";
import { claimBlob, redeemClaim } from "./claim-blob.ts";
import { assertFree, claimVersion, type ExistingVersion } from "./claim-version.ts";
import { insertVersion, lockExtension } from "./insert-version.ts";
import { assertOwned, ownPublisher, type OwnershipClaim } from "./own-publisher.ts";
import { storeArchive, storeEvidence, type ArchiveSource } from "./store-bundle.ts";
import { verifySignatures, type Vouched } from "./verify-signatures.ts";

/** Where the one component of an extension lies in its archive; without it the extension is interface only. */
const COMPONENT_PATH = "dist/main.wasm";

/** What publishing works with. */
export interface PublishContext {
  readonly db: RegistryDb;
  readonly blobs: BlobStore;
  readonly trust: TrustSource | null;
  readonly allowUnsigned: boolean;
  readonly clock: () => number;
}

/** Answer of `publish`. */
export interface PublishResult extends FinalizeResult {
  readonly warnings: readonly string[];
  /** False when these bytes were published before and nothing changed. */
  readonly created: boolean;
}

/** What {@link publishArchive} takes. */
export interface ArchiveRequest {
  /** Read twice: once to judge it, once to store what was judged. */
  readonly source: ArchiveSource;
  /** Digest that the source must have; looked at before anything is decompressed. */
  readonly expectedHash?: ContentHash;
  /** One more demand on the manifest; throws. */
  readonly checkManifest?: (manifest: Manifest) => void;
  readonly signatures: string | null;
  readonly principal: Principal;
}

/** Everything known of an archive that was judged and stored. */
interface Accepted {
  readonly bundle: Bundle;
  readonly vouched: Vouched;
  readonly ownership: OwnershipClaim;
  readonly warnings: readonly string[];
  readonly claimId: string;
  readonly actor: string;
  readonly now: Date;
}

/** Publish what a source gives; see `publish`, which it is the most of. */
export async function publishArchive(
  context: PublishContext,
  request: ArchiveRequest,
): Promise<PublishResult> {
  const { db, blobs } = context;
  const { source, expectedHash, principal } = request;
  const now = new Date(context.clock());
  const body = await source();
  if (body === null) throw new RegistryError("staging_not_found", "There is no such staged upload.");
  const bundle = await readBundle(body, expectedHash === undefined ? {} : { expectedHash });
  const { manifest, contentHash } = bundle;
  request.checkManifest?.(manifest);
  checkNames(manifest);
  assertPublisher(principal, manifest.publisher);
  const component = bundle.files.get(COMPONENT_PATH);
  const inspected = component === undefined ? [] : checkComponent(component, manifest).warnings;
  const vouched = await verifySignatures(bundle, request.signatures, { ...context, now });
  const ownership: OwnershipClaim = {
    publisher: manifest.publisher,
    organisation: principal.tenantId,
    keyIds: vouched.keyIds,
    isBound: vouched.isBound,
  };
  // What is refused in the end must not even reach the blob store where that is known now.
  await db.shared(async (tx) => {
    await assertOwned(tx, ownership);
    await assertVersionFree(tx, bundle);
  });
  const claimId = await claimBlob(db, { contentHash, now });
  await storeArchive(blobs, { contentHash, source });
  const actor = principal.userId;
  const warnings = [...bundle.warnings, ...inspected];
  return db.shared((tx) =>
    commit(tx, context, { bundle, vouched, ownership, warnings, claimId, actor, now }),
  );
}

async function assertVersionFree(tx: SharedDb, { manifest, contentHash }: Bundle): Promise<void> {
  const extension = await tx
    .selectFrom("extension_registry")
    .select("id")
    .where("publisher", "=", manifest.publisher)
    .where("name", "=", manifest.name)
    .executeTakeFirst();
  if (extension === undefined) return;
  await assertFree(tx, { registryId: extension.id, wanted: manifest.version, contentHash });
}

async function commit(tx: SharedDb, { blobs }: PublishContext, accepted: Accepted): Promise<PublishResult> {
  const { bundle, vouched, ownership, warnings, claimId, actor, now } = accepted;
  const { manifest, contentHash } = bundle;
  const registryId = await lockExtension(tx, { manifest, now });
  await ownPublisher(tx, { ...ownership, now });
  await redeemClaim(tx, claimId);
  const claim = await claimVersion(tx, { registryId, wanted: manifest.version, contentHash });
  const answer = (version: ExistingVersion): PublishResult => ({
    extension: { id: registryId, name: manifest.name, publisher: manifest.publisher },
    version: { id: version.id, version: version.version },
    contentHash: contentHashHex(contentHash),
    canonicalKey: bundleBlobPath(contentHash),
    warnings,
    created: claim.existing === null,
  });
  if (claim.existing !== null) return answer(claim.existing);
  const { version } = claim;
  // Under the extension's lock, so that what lies beside the archive is what the row says. The same bytes come here once.
  await storeEvidence(blobs, { contentHash, signatures: vouched.signatures, acceptedAt: now });
  const id = await insertVersion(tx, { registryId, version, bundle, vouched, publishedBy: actor, now });
  const payload = {
    registryId,
    publisher: manifest.publisher,
    name: manifest.name,
    version,
    versionId: id,
    contentHash,
    keyIds: [...vouched.keyIds],
  };
  await appendOutbox(tx, { kind: "version.published", tenantId: "", payload, at: now });
  await appendEvent(tx, { tenantId: "", type: "version_published", actor, payload, at: now });
  return answer({ id, version });
}
