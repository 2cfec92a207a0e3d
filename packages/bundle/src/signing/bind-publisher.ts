import { BundleError } from "../errors.ts";
import type { Certificate } from "./certificate.ts";
import type { ResolvedSigner } from "./resolve-signer.ts";
import type { KeyWindow } from "./trust-document.ts";
import type { TrustPolicy } from "./trust-policy.ts";

/** Who says that a signer may sign for a publisher: the operator, the issuer of its certificate, or nobody in
 * particular, when a bare key is trusted for every publisher. */
export type Binding = "operator" | "certificate" | "none";

/** URI in the subject alternative name that binds a certificate to a publisher, percent-encoded where need be. */
const PUBLISHER_URI = "urn:alga:publisher:";

/**
 * Decide whether a signer may sign for a publisher.
 *
 * Where the trust document lists signers of the publisher, only they count. Otherwise a certificate must name the
 * publisher, and a bare key may sign for all it is not kept from: by the options of the trust bundle, or by being
 * listed for other publishers.
 *
 * @param publisher In lower case.
 * @throws {BundleError} `publisher_not_allowed`, `key_expired`, `key_not_yet_valid`
 */
export function bindPublisher(
  signer: ResolvedSigner,
  publisher: string,
  { trust, acceptedAt }: { readonly trust: TrustPolicy; readonly acceptedAt: Date },
): Binding {
  const { certificate, keyId } = signer;
  const entry = trust.document?.publishers.get(publisher);
  if (entry !== undefined && entry.keys.size + entry.certificates.size > 0) {
    if (certificate !== null && entry.certificates.has(certificate.fingerprint)) return "operator";
    const window = entry.keys.get(keyId);
    if (window === undefined) throw notAllowed(signer, publisher);
    assertWithin(window, keyId, acceptedAt);
    return "operator";
  }
  if (signer.publishers !== null) {
    if (signer.publishers.includes(publisher)) return "operator";
    throw notAllowed(signer, publisher);
  }
  if (certificate !== null) {
    if (publishersOf(certificate).includes(publisher)) return "certificate";
    throw notAllowed(signer, publisher);
  }
  const others = trust.document?.publishers.values() ?? [];
  if ([...others].some(({ keys }) => keys.has(keyId))) throw notAllowed(signer, publisher);
  return "none";
}

/** Publishers a certificate names, in lower case. */
function publishersOf({ uris }: Certificate): string[] {
  return uris
    .filter((uri) => uri.startsWith(PUBLISHER_URI))
    .map((uri) => decode(uri.slice(PUBLISHER_URI.length)));
}

/** Empty, which names no publisher, for what is not percent-encoded well. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text).toLowerCase();
  } catch {
    return "";
  }
}

function assertWithin({ notBefore, notAfter }: KeyWindow, keyId: string, acceptedAt: Date): void {
  const details = { keyId };
  if (notAfter !== null && acceptedAt.getTime() > notAfter)
    throw new BundleError("key_expired", `The time of the key ${keyId} was over.`, { details });
  if (notBefore !== null && acceptedAt.getTime() < notBefore)
    throw new BundleError("key_not_yet_valid", `The time of the key ${keyId} has not come.`, { details });
}

function notAllowed({ keyId }: ResolvedSigner, publisher: string): BundleError {
  return new BundleError("publisher_not_allowed", `The key ${keyId} may not sign for ${publisher}.`, {
    details: { publisher, keyIds: [keyId] },
  });
}
