import { contentHashHex, type ContentHash } from "./content-hash.ts";

/** A stored archive with the signatures that lie beside it. */
export interface StoredBundle {
  /** The archive exactly as stored; the reader verifies its digest before use. */
  readonly archive: Uint8Array;
  /** General-serialisation JWS as JSON text, or null when unsigned. */
  readonly signatures: string | null;
  /**
   * When the registry accepted it, which certificates and revocations are judged by; null where it was not said, as for
   * archives from before it was.
   */
  readonly acceptedAt?: Date | null;
}

/**
 * Where an archive lies below a shared blob directory: `sha256/<first two hex>/<hex>.tar.zst`.
 *
 * Registry and runner agree on this layout without importing each other.
 */
export function bundleBlobPath(hash: ContentHash): string {
  const hex = contentHashHex(hash);
  return `sha256/${hex.slice(0, 2)}/${hex}.tar.zst`;
}

/** Where the signatures of an archive lie below a shared blob directory: beside it, with the suffix `.jws`. */
export function bundleSignaturePath(hash: ContentHash): string {
  return `${bundleBlobPath(hash)}.jws`;
}

/**
 * Where the time of an archive's acceptance lies below a shared blob directory: beside it, with the suffix `.accepted`,
 * as the 24 characters of an ISO-8601 time in UTC.
 */
export function bundleAcceptancePath(hash: ContentHash): string {
  return `${bundleBlobPath(hash)}.accepted`;
}

/** Port: where a runner gets archives from. */
export interface BundleSource {
  /** Fetch one archive; null when it does not exist. Adapters need not verify the digest: readers do. */
  open(hash: ContentHash, options?: { signal?: AbortSignal }): Promise<StoredBundle | null>;
  /** Whether archives could be fetched now: resolves, or rejects with why not. Cheap; asked by health checks. */
  check?(options?: { signal?: AbortSignal }): Promise<void>;
}
