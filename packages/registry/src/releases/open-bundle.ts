import { createHash } from "node:crypto";
import { bundleBlobPath, contentHashHex, toContentHash, type ContentHash } from "@alga-ext/protocol";
import type { RegistryDb } from "../db/registry-db.ts";
import { RegistryError } from "../errors.ts";
import type { BlobStore } from "../ports.ts";
import { findExactVersion, findExtension } from "./find-extension.ts";
import type { ReleaseRef } from "./read-release-manifest.ts";

/** The archive of a version. */
export interface ReleaseBundle {
  readonly contentHash: ContentHash;
  readonly sizeBytes: number;
  /** General-serialisation JWS as JSON text as verified at publish, or null when unsigned. */
  readonly signatures: string | null;
  readonly keyIds: readonly string[];
  /**
   * The bytes, once. They are hashed on the way, and the last piece is only handed out when all of them are the published
   * ones: the iteration throws `blob_corrupt` otherwise, so that nobody takes other bytes for the whole archive.
   */
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * Open the archive of a version, yanked ones included.
 *
 * @throws {RegistryError} `extension_not_found`, `version_not_found`, `blob_corrupt` when it is not in the store
 */
export async function openBundle(
  { db, blobs }: { readonly db: RegistryDb; readonly blobs: BlobStore },
  { extension, version }: ReleaseRef,
): Promise<ReleaseBundle> {
  const row = await db.shared(async (tx) => {
    const { id: registryId } = await findExtension(tx, extension);
    const { id } = await findExactVersion(tx, { registryId, version });
    return tx
      .selectFrom("extension_bundle")
      .select(["content_hash", "size_bytes", "signature", "signing_key_ids"])
      .where("version_id", "=", id)
      .executeTakeFirstOrThrow();
  });
  const contentHash = toContentHash(row.content_hash);
  const sizeBytes = Number(row.size_bytes);
  const stored = await blobs.read(bundleBlobPath(contentHash));
  if (stored === null) throw corrupt(contentHash);
  return {
    contentHash,
    sizeBytes,
    signatures: row.signature,
    keyIds: row.signing_key_ids,
    body: checked(stored, { contentHash, sizeBytes }),
  };
}

async function* checked(
  body: AsyncIterable<Uint8Array>,
  expected: { readonly contentHash: ContentHash; readonly sizeBytes: number },
): AsyncGenerator<Uint8Array, void, undefined> {
  const hash = createHash("sha256");
  let held: Uint8Array | null = null;
  let size = 0;
  for await (const piece of body) {
    size += piece.length;
    // Without this an endless body would be handed out for as long as it lasts.
    if (size > expected.sizeBytes) throw corrupt(expected.contentHash);
    hash.update(piece);
    if (held !== null) yield held;
    held = piece;
  }
  if (hash.digest("hex") !== contentHashHex(expected.contentHash)) throw corrupt(expected.contentHash);
  if (held !== null) yield held;
}

function corrupt(contentHash: ContentHash): RegistryError {
  return new RegistryError(
    "blob_corrupt",
    "The store does not hold the bytes that were published: restore them from a copy.",
    { details: { contentHash } },
  );
}
