import { BundleError } from "../errors.ts";
import type { SignatureAlgorithm } from "./signature-algorithm.ts";
import { parseCertificate, type Certificate } from "./certificate.ts";
import type { EnvelopeSignature } from "./envelope.ts";
import { importVerifyKey } from "./public-key.ts";
import { assertNotRevoked } from "./revocation.ts";
import type { TrustedKey, TrustPolicy } from "./trust-policy.ts";
import { validateChain } from "./validate-chain.ts";

/** A key the operator trusts, directly or through a chain, for some publisher yet to be judged. */
export interface ResolvedSigner {
  readonly keyId: string;
  readonly alg: SignatureAlgorithm;
  readonly key: CryptoKey;
  /** The leaf; null for a bare key. */
  readonly certificate: Certificate | null;
  /** Publishers the trust bundle's options bind the key to; null for none named. */
  readonly publishers: readonly string[] | null;
}

/**
 * Find the key that one signature must hold under. Certificates it brings are judged before their key is used.
 *
 * @throws {BundleError} `untrusted_key`, `signature_malformed`, `revoked_key`, `revoked_certificate`, and the codes of
 * {@link validateChain}
 */
export async function resolveSigner(
  signature: EnvelopeSignature,
  trust: TrustPolicy,
  acceptedAt: Date,
): Promise<ResolvedSigner> {
  const { keyId } = signature;
  const brought: Certificate[] = [];
  for (const der of signature.chain) brought.push(await parseCertificate(der));
  if (brought[0] !== undefined && brought[0].keyId !== keyId)
    throw new BundleError("signature_malformed", "A signature names another key than its certificate's.");
  const known = trust.keys.get(keyId);
  assertNotRevoked(trust.document, { keyIds: [keyId], certificates: brought }, acceptedAt);
  if (known !== undefined && known.certificates.length === 0) return { ...known, certificate: null };
  if (brought.length > 0) return await resolveChain(brought, { known, trust, acceptedAt });
  if (known === undefined) {
    throw new BundleError("untrusted_key", "No signature of this bundle is by a trusted key.", {
      details: { keyIds: [keyId] },
    });
  }
  return await resolvePinned(known, trust, acceptedAt);
}

async function resolveChain(
  brought: readonly Certificate[],
  { known, trust, acceptedAt }: { known: TrustedKey | undefined; trust: TrustPolicy; acceptedAt: Date },
): Promise<ResolvedSigner> {
  const path = await validateChain(brought, chainPolicy(trust, acceptedAt));
  assertNotRevoked(trust.document, { certificates: path }, acceptedAt);
  const [leaf] = path;
  const { alg, spki, keyId } = leaf!;
  const { key } = await importVerifyKey(spki, alg === "EdDSA" ? "Ed25519" : "P-256").catch(
    (cause: unknown) => {
      throw new BundleError("certificate_malformed", "A certificate is malformed: its key cannot be read.", {
        cause,
      });
    },
  );
  return { keyId, alg: alg!, key, certificate: leaf!, publishers: known?.publishers ?? null };
}

/** A key whose certificates the operator put into the trust bundle: one of them must hold. */
async function resolvePinned(
  known: TrustedKey,
  trust: TrustPolicy,
  acceptedAt: Date,
): Promise<ResolvedSigner> {
  let refusal: unknown;
  for (const certificate of known.certificates) {
    try {
      await validateChain([certificate], chainPolicy(trust, acceptedAt));
      assertNotRevoked(trust.document, { certificates: [certificate] }, acceptedAt);
      return { ...known, certificate };
    } catch (error) {
      refusal = error;
    }
  }
  throw refusal;
}

function chainPolicy(trust: TrustPolicy, acceptedAt: Date) {
  return { anchors: trust.certificates, extendedKeyUsage: trust.extendedKeyUsage, at: acceptedAt.getTime() };
}
