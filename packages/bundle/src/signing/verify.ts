import type { ContentHash, SigningStatement } from "@alga-ext/protocol";
import { BundleError } from "../errors.ts";
import {
  judgeSignatures,
  type JudgedSignatures,
  type RefusedSignature,
  type VerifiedSigner,
} from "./judge-signatures.ts";
import { assertNotRevoked } from "./revocation.ts";
import { assertDescribes, statementMismatch } from "./describe-bundle.ts";
import type { VerifiableBundle } from "./statement.ts";
import { trustState, type TrustPolicy, type TrustState } from "./trust-policy.ts";

/** A bundle that a trusted publisher vouches for. */
export interface VerifiedBundle {
  readonly statement: SigningStatement;
  /** Keys whose signatures counted, sorted. */
  readonly keyIds: readonly string[];
  /** The same signers with what is known of them. */
  readonly signers: readonly VerifiedSigner[];
  /** Signatures that did not count, and why. */
  readonly refused: readonly RefusedSignature[];
  /** `expired` when the trust document has expired: keep what runs, and tell the operator. */
  readonly trustState: TrustState;
}

/** Options of {@link verify}. */
export interface VerifyOptions {
  /** Time to judge by. @default the present */
  readonly now?: Date;
  /**
   * When the registry accepted the bundle: certificates must have been valid then, and revocations with a cut-off
   * count from then. A statement dated more than a day later is refused, so that nobody backdates acceptance. @default now
   */
  readonly acceptedAt?: Date;
  /** What an expired trust document means: refuse for what is new, flag for what was accepted before. @default "refuse" */
  readonly expiredTrust?: "refuse" | "flag";
}

/** Statements may be dated ahead by this much: author machines are not clocks. */
const MAX_AHEAD_MS = 24 * 60 * 60 * 1000;

/**
 * Check that enough trusted keys signed a statement, and that the statement describes exactly this bundle.
 *
 * Signatures of unknown keys are ignored; a wrong signature under a trusted key is refused.
 *
 * @throws {BundleError} `unsigned`, `signature_malformed`, `forbidden_header`, `unsupported_algorithm`,
 * `untrusted_key`, `signature_invalid`, `publisher_not_allowed`, `threshold_not_met`, `duplicate_signer`,
 * `statement_mismatch`, `statement_from_future`, `trust_expired`, `revoked_*`, and those of certificates
 */
export async function verify(
  bundle: VerifiableBundle,
  signatures: string | null,
  trust: TrustPolicy,
  options: VerifyOptions = {},
): Promise<VerifiedBundle> {
  assertAllowed(trust, bundleSubject(bundle), options);
  const judged = await judge(signatures, trust, options);
  assertDescribes(judged.statement, bundle);
  return toVerified(judged, trust, options);
}

/**
 * Check the signatures of an archive that was verified before, without reading it again: the statement must be about
 * this digest, and everything that can change since is judged anew.
 *
 * @throws {BundleError} as {@link verify}
 */
export async function verifyStatement(
  contentHash: ContentHash,
  signatures: string | null,
  trust: TrustPolicy,
  options: VerifyOptions = {},
): Promise<VerifiedBundle> {
  assertAllowed(trust, { digests: [contentHash] }, options);
  const judged = await judge(signatures, trust, options);
  if (judged.statement.archive !== contentHash) throw statementMismatch(["archive"]);
  assertNotRevoked(trust.document, { digests: [judged.statement.tar] }, acceptance(options));
  return toVerified(judged, trust, options);
}

/** What of a bundle can be revoked whoever signed it. */
export interface RevocableBundle {
  /** Archive and tar, as far as known. */
  readonly digests: readonly ContentHash[];
  readonly publishers?: readonly string[];
}

/**
 * Refuse a revoked digest or publisher and an expired trust document, whether or not the bundle is signed: for
 * operators who take unsigned bundles.
 *
 * @throws {BundleError} `revoked_digest`, `revoked_publisher`, `trust_expired`
 */
export function assertAllowed(
  trust: TrustPolicy,
  subject: RevocableBundle,
  options: VerifyOptions = {},
): void {
  const now = options.now ?? new Date();
  assertNotRevoked(trust.document, subject, acceptance(options));
  if (options.expiredTrust !== "flag" && trustState(trust, now) === "expired") {
    throw new BundleError("trust_expired", "The trust document has expired: put a newer one in place.", {
      details: { version: trust.document?.version ?? 0 },
    });
  }
}

/** What {@link assertAllowed} needs to know of a bundle that was read. */
export function bundleSubject(bundle: VerifiableBundle): RevocableBundle {
  return { digests: [bundle.contentHash, bundle.tarDigest], publishers: [bundle.manifest.publisher] };
}

async function judge(
  signatures: string | null,
  trust: TrustPolicy,
  options: VerifyOptions,
): Promise<JudgedSignatures> {
  const judged = await judgeSignatures(signatures, trust, acceptance(options));
  if (Date.parse(judged.statement.createdAt) > acceptance(options).getTime() + MAX_AHEAD_MS) {
    throw new BundleError("statement_from_future", "The signed statement is dated more than a day ahead.");
  }
  return judged;
}

function acceptance({ acceptedAt, now }: VerifyOptions): Date {
  return acceptedAt ?? now ?? new Date();
}

function toVerified(judged: JudgedSignatures, trust: TrustPolicy, options: VerifyOptions): VerifiedBundle {
  return {
    ...judged,
    keyIds: judged.signers.map(({ keyId }) => keyId),
    trustState: trustState(trust, options.now),
  };
}
