import type { SigningStatement } from "@alga-ext/protocol";
import { BundleError, type BundleErrorCode } from "../errors.ts";
import { bindPublisher, type Binding } from "./bind-publisher.ts";
import { assertThreshold, checkSignature } from "./check-signature.ts";
import { decodeBase64Url, parseEnvelope } from "./envelope.ts";
import { resolveSigner, type ResolvedSigner } from "./resolve-signer.ts";
import { assertNotRevoked } from "./revocation.ts";
import { parseStatement } from "./statement.ts";
import type { TrustPolicy } from "./trust-policy.ts";

/** A signer whose signature counted. */
export interface VerifiedSigner {
  readonly keyId: string;
  /** Who says it may sign for this publisher; `none` for a bare key trusted for all. */
  readonly boundBy: Binding;
  /** Null for a bare key. */
  readonly certificate: {
    /** Hex sha256. */
    readonly fingerprint: string;
    readonly subject: string;
    /** RFC 3339. */
    readonly notAfter: string;
  } | null;
}

/** A signature that did not count. */
export interface RefusedSignature {
  readonly keyId: string;
  readonly code: BundleErrorCode;
}

/** What the signatures of an envelope amount to. */
export interface JudgedSignatures {
  readonly statement: SigningStatement;
  /** One per key. */
  readonly signers: readonly VerifiedSigner[];
  readonly refused: readonly RefusedSignature[];
}

/**
 * Judge every signature over a statement: trusted, holding, not revoked, allowed for the publisher, and enough of them.
 *
 * Signatures that cannot be trusted are left out of the count; one that does not hold under a key that is trusted
 * spoils the whole.
 *
 * @throws {BundleError} the code of the signature that came closest when none counts, `threshold_not_met`,
 * `duplicate_signer`, `signature_invalid`, `signature_malformed`, `revoked_publisher`
 */
export async function judgeSignatures(
  signatures: string | null,
  trust: TrustPolicy,
  acceptedAt: Date,
): Promise<JudgedSignatures> {
  const envelope = parseEnvelope(signatures);
  const refusals: { keyId: string; error: BundleError }[] = [];
  const holding: ResolvedSigner[] = [];
  for (const signature of envelope.signatures) {
    const signer = await resolveSigner(signature, trust, acceptedAt).catch((error: unknown) => {
      if (!(error instanceof BundleError)) throw error;
      refusals.push({ keyId: signature.keyId, error });
      return null;
    });
    if (signer === null) continue;
    await checkSignature(envelope.payload, signature, signer);
    holding.push(signer);
  }
  if (holding.length === 0) throw closest(refusals);
  const statement = parseStatement(decodeBase64Url(envelope.payload));
  const publisher = statement.publisher.toLowerCase();
  assertNotRevoked(trust.document, { publishers: [publisher] }, acceptedAt);
  const counted = new Map<string, VerifiedSigner>();
  let total = 0;
  for (const signer of holding) {
    try {
      const boundBy = bindPublisher(signer, publisher, { trust, acceptedAt });
      total += 1;
      counted.set(signer.keyId, toVerified(signer, boundBy));
    } catch (error) {
      if (!(error instanceof BundleError)) throw error;
      refusals.push({ keyId: signer.keyId, error });
    }
  }
  if (counted.size === 0) throw closest(refusals);
  const threshold = trust.document?.publishers.get(publisher)?.threshold ?? trust.threshold;
  const refused = refusals.map(({ keyId, error }) => ({ keyId, code: error.code }));
  assertThreshold({ threshold, distinct: counted.size, total, refused });
  return {
    statement,
    signers: [...counted.values()].sort((a, b) => (a.keyId < b.keyId ? -1 : 1)),
    refused,
  };
}

/** Of several reasons the one that says most: a stranger's key is the least of them. */
function closest(refusals: readonly { readonly keyId: string; readonly error: BundleError }[]): BundleError {
  const known = refusals.find(({ error }) => error.code !== "untrusted_key") ?? refusals[0];
  if (known === undefined) return new BundleError("unsigned", "The bundle carries no signature.");
  const { code, message, details } = known.error;
  return new BundleError(code, message, {
    cause: known.error,
    details: {
      ...details,
      keyIds: refusals.map(({ keyId }) => keyId),
      refused: refusals.map(({ keyId, error }) => ({ keyId, code: error.code })),
    },
  });
}

function toVerified({ keyId, certificate }: ResolvedSigner, boundBy: Binding): VerifiedSigner {
  if (certificate === null) return { keyId, boundBy, certificate };
  const { fingerprint, subject, notAfter } = certificate;
  return {
    keyId,
    boundBy,
    certificate: { fingerprint, subject, notAfter: new Date(notAfter).toISOString() },
  };
}
