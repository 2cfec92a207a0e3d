import { BundleError } from "../errors.ts";
import { assertThreshold, checkSignature } from "./check-signature.ts";
import { decodeBase64Url, parseEnvelope, TRUST_TYP, type Envelope } from "./envelope.ts";
import { parseJson, toObject, toTrustDocument } from "./to-trust-document.ts";
import type { TrustDocument, TrustRoots } from "./trust-document.ts";

/**
 * Read a trust document: plain JSON, or a general-serialisation JWS over it when it names roots.
 *
 * A document that names roots must be signed by enough of them. Expiry is judged when it is used.
 *
 * @throws {BundleError} `invalid_trust_document`, `unsigned`, `signature_malformed`, `signature_invalid`,
 * `threshold_not_met`, `duplicate_signer`
 */
export async function parseTrustDocument(text: string): Promise<TrustDocument> {
  return (await readTrustDocument(text)).document;
}

/** As {@link parseTrustDocument}, with the signatures. */
export async function readTrustDocument(
  text: string,
): Promise<{ readonly document: TrustDocument; readonly envelope: Envelope | null }> {
  const outer = toObject(parseJson(text), "it");
  const envelope = Object.hasOwn(outer, "signatures") ? parseEnvelope(text, { typ: TRUST_TYP }) : null;
  const inner = envelope === null ? text : new TextDecoder().decode(decodeBase64Url(envelope.payload));
  const document = await toTrustDocument(inner);
  if (document.roots !== null) await assertSignedByRoots(envelope, document.roots);
  return { document, envelope };
}

/**
 * Check that enough root keys signed.
 *
 * @throws {BundleError} `unsigned`, `signature_invalid`, `threshold_not_met`, `duplicate_signer`
 */
export async function assertSignedByRoots(envelope: Envelope | null, roots: TrustRoots): Promise<void> {
  if (envelope === null)
    throw new BundleError("unsigned", "The trust document names roots and is not signed.");
  const signed: string[] = [];
  for (const signature of envelope.signatures) {
    const root = roots.keys.get(signature.keyId);
    if (root === undefined) continue;
    await checkSignature(envelope.payload, signature, root);
    signed.push(signature.keyId);
  }
  assertThreshold({ threshold: roots.threshold, distinct: new Set(signed).size, total: signed.length });
}
