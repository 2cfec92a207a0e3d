import { createHash } from "node:crypto";
import {
  bundleAcceptancePath,
  bundleBlobPath,
  bundleSignaturePath,
  contentHashHex,
  type ContentHash,
} from "@alga-ext/protocol";
import { RegistryError } from "../errors.ts";
import type { BlobStore } from "../ports.ts";

/** Gives the same bytes each time, or null when they are gone. */
export type ArchiveSource = () => Promise<Uint8Array | AsyncIterable<Uint8Array> | null>;

/**
 * Put an archive where runners read it, before any row names it. Nothing is stored under a digest it does not have.
 *
 * @throws {RegistryError} `blob_corrupt` when other bytes lie under this digest, or the source gives other bytes now;
 * `staging_not_found` when the source is gone and nothing is stored.
 */
export async function storeArchive(
  blobs: BlobStore,
  { contentHash, source }: { readonly contentHash: ContentHash; readonly source: ArchiveSource },
): Promise<void> {
  const key = bundleBlobPath(contentHash);
  const body = await source();
  const { created } =
    body === null ? { created: false } : await blobs.put(key, checked(body, { contentHash, key }));
  if (created) return;
  const stored = await blobs.read(key);
  if (stored === null) throw new RegistryError("staging_not_found", "The staged upload is gone.");
  for await (const _ of checked(stored, { contentHash, key }));
}

/** Put what vouches for an archive beside it: its verified signatures, and when they were accepted. */
export async function storeEvidence(
  blobs: BlobStore,
  evidence: {
    readonly contentHash: ContentHash;
    readonly signatures: string | null;
    readonly acceptedAt: Date;
  },
): Promise<void> {
  const { contentHash, signatures, acceptedAt } = evidence;
  const encoder = new TextEncoder();
  await blobs.replace(bundleAcceptancePath(contentHash), encoder.encode(acceptedAt.toISOString()));
  if (signatures !== null) {
    await blobs.replace(bundleSignaturePath(contentHash), encoder.encode(signatures));
  }
}

/** A body that throws in place of its end when it was another one; a store keeps nothing of a body that throws. */
async function* checked(
  body: Uint8Array | AsyncIterable<Uint8Array>,
  expected: { readonly contentHash: ContentHash; readonly key: string },
): AsyncGenerator<Uint8Array> {
  const digest = createHash("sha256");
  for await (const chunk of body instanceof Uint8Array ? [body] : body) {
    digest.update(chunk);
    yield chunk;
  }
  if (digest.digest("hex") === contentHashHex(expected.contentHash)) return;
  throw new RegistryError("blob_corrupt", "Other bytes are stored under this digest.", {
    details: { key: expected.key },
  });
}
