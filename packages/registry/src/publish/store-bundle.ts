import { createHash } from "node:crypto";
import { bundleBlobPath, bundleSignaturePath, contentHashHex, type ContentHash } from "@alga-ext/protocol";
import { RegistryError } from "../errors.ts";
import type { BlobStore } from "../ports.ts";

/**
 * Put an archive and its verified signatures where runners read them, before any row names them.
 *
 * @throws {RegistryError} `blob_corrupt` when other bytes lie under this digest.
 */
export async function storeBundle(
  blobs: BlobStore,
  bundle: {
    readonly contentHash: ContentHash;
    readonly archive: Uint8Array;
    readonly signatures: string | null;
  },
): Promise<void> {
  const key = bundleBlobPath(bundle.contentHash);
  const { created } = await blobs.put(key, bundle.archive);
  if (!created) {
    const stored = await blobs.get(key);
    const digest = stored === null ? null : createHash("sha256").update(stored).digest("hex");
    if (digest !== contentHashHex(bundle.contentHash)) {
      throw new RegistryError("blob_corrupt", "Other bytes are stored under this digest.", {
        details: { key },
      });
    }
  }
  if (bundle.signatures !== null) {
    await blobs.replace(bundleSignaturePath(bundle.contentHash), new TextEncoder().encode(bundle.signatures));
  }
}
