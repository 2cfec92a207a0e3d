import { randomUUID } from "node:crypto";
import type { Principal } from "@alga-ext/protocol";
import { MAX_UPLOAD_BYTES } from "../uploads/stage.ts";
import { stagingKey } from "../uploads/staging-key.ts";
import { publishArchive, type PublishContext, type PublishResult } from "./publish-archive.ts";
import { requirePublish } from "./require-publish.ts";

/** What {@link publish} takes. */
export interface PublishRequest {
  /** The archive, or its bytes as they arrive: a stream is never held in memory as a whole before it was checked. */
  readonly archive: Uint8Array | AsyncIterable<Uint8Array>;
  /** General-serialisation JWS as JSON text, or null when unsigned. */
  readonly signatures: string | null;
  /** Needs `extension:publish`; its tenant is the organisation that owns the publisher's name. */
  readonly principal: Principal;
}

/**
 * Publish an archive: read it strictly, inspect its component, verify its signatures, store it, and commit its
 * version in one transaction. Repeating it with the same bytes gives the same answer, also after an error that left
 * open whether it was done.
 *
 * @throws {RegistryError} `forbidden`, `invalid_name`, `signature_required`, `publisher_not_owned`, `name_taken`,
 * `version_exists` with the winner's digest, `upload_too_large`, `database_unavailable`
 * @throws {BundleError} for the archive, the component (`undeclared_import`, …) and the signatures
 * @throws {ManifestError} `invalid_manifest`
 */
export async function publish(context: PublishContext, request: PublishRequest): Promise<PublishResult> {
  const { blobs } = context;
  const { archive, signatures, principal } = request;
  requirePublish(principal);
  if (archive instanceof Uint8Array) {
    return publishArchive(context, { source: async () => archive, signatures, principal });
  }
  // Nothing remembers this upload but its key, which the janitor finds by its age.
  const key = stagingKey(randomUUID());
  try {
    await blobs.put(key, archive, { maxBytes: MAX_UPLOAD_BYTES });
    return await publishArchive(context, { source: () => blobs.read(key), signatures, principal });
  } finally {
    await blobs.delete(key);
  }
}
