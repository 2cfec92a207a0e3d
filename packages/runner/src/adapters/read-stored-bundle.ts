import {
  bundleAcceptancePath,
  bundleBlobPath,
  bundleSignaturePath,
  type ContentHash,
  type StoredBundle,
} from "@alga-ext/protocol";

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Put a bundle together from the objects of a store; `read` answers null for what is not there. */
export async function readStoredBundle(
  hash: ContentHash,
  read: (path: string) => Promise<Uint8Array | null>,
): Promise<Required<StoredBundle> | null> {
  const archive = await read(bundleBlobPath(hash));
  if (archive === null) return null;
  const [signatures, acceptedAt] = await Promise.all([
    read(bundleSignaturePath(hash)),
    read(bundleAcceptancePath(hash)),
  ]);
  return { archive, signatures: toText(signatures), acceptedAt: toTime(toText(acceptedAt)) };
}

function toText(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8");
}

/** Null also for what is no time: such bundles are judged by the present, which refuses more. */
function toTime(text: string | null): Date | null {
  const time = text !== null && ISO_TIME.test(text) ? new Date(text) : null;
  return time === null || Number.isNaN(time.getTime()) ? null : time;
}
