import { BundleError } from "../errors.ts";
import { assertSignedByRoots, readTrustDocument } from "./parse-trust-document.ts";
import type { TrustDocument } from "./trust-document.ts";

/**
 * Take the next version of a trust document, or refuse it; whoever calls keeps the current one then.
 *
 * Where the current document names roots, the next one must name roots too, and enough of the old and enough of the
 * new ones must have signed it. The same text again is no change.
 *
 * @param options.now @default the present
 * @throws {BundleError} `trust_version_not_newer`, `trust_expired`, and everything {@link parseTrustDocument} throws
 */
export async function updateTrustDocument(
  current: TrustDocument,
  next: string,
  options: { readonly now?: Date } = {},
): Promise<TrustDocument> {
  const { document, envelope } = await readTrustDocument(next);
  if (current.roots !== null) {
    await assertSignedByRoots(envelope, current.roots);
    if (document.roots === null)
      throw new BundleError(
        "invalid_trust_document",
        "The next trust document must name roots, as this one does.",
      );
  }
  if (document.version === current.version && document.text === current.text) return current;
  const versions = { version: document.version, current: current.version };
  if (document.version <= current.version) {
    throw new BundleError("trust_version_not_newer", "The version of a trust document only goes up.", {
      details: versions,
    });
  }
  if (document.expires <= (options.now ?? new Date()).getTime())
    throw new BundleError("trust_expired", "The next trust document has expired already.", {
      details: versions,
    });
  return document;
}
