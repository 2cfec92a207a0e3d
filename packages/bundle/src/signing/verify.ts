import type { SigningStatement } from "@alga-ext/protocol";
import { flattenedVerify } from "jose";
import { BundleError } from "../errors.ts";
import { decodeBase64Url, parseEnvelope, type Envelope, type EnvelopeSignature } from "./envelope.ts";
import { parseStatement, toStatement, type VerifiableBundle } from "./statement.ts";
import type { TrustedKey, TrustPolicy } from "./trust-policy.ts";

/** A bundle that a trusted publisher vouches for. */
export interface VerifiedBundle {
  readonly statement: SigningStatement;
  /** Trusted keys that signed it, sorted. */
  readonly keyIds: readonly string[];
}

/** Options of {@link verify}. */
export interface VerifyOptions {
  /** Time to judge by. @default the present */
  readonly now?: Date;
}

/** Statements may be dated ahead by this much: author machines are not clocks. */
const MAX_AHEAD_MS = 24 * 60 * 60 * 1000;

/**
 * Check that enough trusted keys signed a statement, and that the statement describes exactly this bundle.
 *
 * Signatures of unknown keys are ignored; a wrong signature under a trusted key id is refused.
 *
 * @throws {BundleError} `unsigned`, `signature_malformed`, `untrusted_key`, `signature_invalid`,
 * `publisher_not_allowed`, `threshold_not_met`, `statement_mismatch`, `statement_from_future`
 */
export async function verify(
  bundle: VerifiableBundle,
  signatures: string | null,
  trust: TrustPolicy,
  options: VerifyOptions = {},
): Promise<VerifiedBundle> {
  const envelope = parseEnvelope(signatures);
  const trusted = await trustedKeys(envelope, trust);
  if (trusted.length === 0) {
    const keyIds = envelope.signatures.map((one) => one.keyId);
    throw new BundleError("untrusted_key", "No signature of this bundle is by a trusted key.", {
      details: { keyIds },
    });
  }
  const statement = parseStatement(decodeBase64Url(envelope.payload));
  const publisher = statement.publisher.toLowerCase();
  const allowed = trusted.filter((key) => key.publishers === null || key.publishers.includes(publisher));
  if (allowed.length === 0) {
    throw new BundleError(
      "publisher_not_allowed",
      `No key that signed this may sign for ${statement.publisher}.`,
      {
        details: { publisher: statement.publisher, keyIds: trusted.map((key) => key.keyId) },
      },
    );
  }
  if (allowed.length < trust.threshold) {
    throw new BundleError("threshold_not_met", `${trust.threshold} keys must sign; ${allowed.length} did.`, {
      details: { threshold: trust.threshold, signed: allowed.length },
    });
  }
  assertDescribes(statement, bundle);
  if (Date.parse(statement.createdAt) > (options.now ?? new Date()).getTime() + MAX_AHEAD_MS) {
    throw new BundleError("statement_from_future", "The signed statement is dated more than a day ahead.");
  }
  return { statement, keyIds: allowed.map((key) => key.keyId).sort() };
}

/** Distinct trusted keys whose signature holds. */
async function trustedKeys(envelope: Envelope, trust: TrustPolicy): Promise<TrustedKey[]> {
  const found = new Map<string, TrustedKey>();
  for (const signature of envelope.signatures) {
    const key = trust.keys.get(signature.keyId);
    if (key === undefined) continue;
    await assertSignature(envelope.payload, signature, key);
    found.set(key.keyId, key);
  }
  return [...found.values()];
}

async function assertSignature(payload: string, one: EnvelopeSignature, key: TrustedKey): Promise<void> {
  const jws = { payload, protected: one.protected, signature: one.signature };
  try {
    await flattenedVerify(jws, key.key, { algorithms: [key.alg] });
  } catch (error) {
    throw new BundleError("signature_invalid", "A signature does not hold under the trusted key it names.", {
      cause: error,
      details: { keyId: key.keyId },
    });
  }
}

/** Rebuild the statement from the bundle itself and compare it field by field. */
function assertDescribes(statement: SigningStatement, bundle: VerifiableBundle): void {
  const actual = toStatement(bundle, { createdAt: statement.createdAt });
  const differing = (Object.keys(actual) as (keyof SigningStatement)[]).filter(
    (field) => JSON.stringify(actual[field]) !== JSON.stringify(reorder(statement, field)),
  );
  if (differing.length > 0) {
    throw new BundleError(
      "statement_mismatch",
      `The signature is about another bundle: ${differing.join(", ")} differ.`,
      {
        details: { fields: differing },
      },
    );
  }
}

/** A field with its keys in our order, so that only meaning is compared. */
function reorder(statement: SigningStatement, field: keyof SigningStatement): unknown {
  if (field !== "files") return statement[field];
  return statement.files.map(({ path, size, sha256 }) => ({ path, size, sha256 }));
}
