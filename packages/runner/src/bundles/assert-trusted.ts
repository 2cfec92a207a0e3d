import {
  assertAllowed,
  BundleError,
  type RevocableBundle,
  type TrustPolicy,
  type VerifyOptions,
} from "@alga-ext/bundle";
import type { ContentHash } from "@alga-ext/protocol";

/** What must be kept of a bundle to judge it again. */
export interface Evidence {
  readonly contentHash: ContentHash;
  readonly subject: RevocableBundle;
  readonly signatures: string | null;
  /** When the registry accepted it; null when the source does not know. */
  readonly acceptedAt: Date | null;
}

/** Checks signatures: against a bundle that was read, or only against its digest. */
export type SignatureCheck = (
  signatures: string,
  policy: TrustPolicy,
  options: VerifyOptions,
) => Promise<unknown>;

/**
 * Judge evidence by a policy. An expired trust document admits what was accepted before; a revocation holds also where
 * unsigned bundles are taken.
 *
 * @throws {BundleError} `revoked_digest`, `unsigned`, `untrusted_key`, …
 */
export async function assertTrusted(
  { subject, signatures, acceptedAt }: Evidence,
  options: { readonly trust: TrustPolicy | null; readonly allowUnsigned: boolean; readonly now: Date },
  check: SignatureCheck,
): Promise<void> {
  const { trust, allowUnsigned, now } = options;
  if (trust === null) {
    if (allowUnsigned) return;
    throw new BundleError("untrusted_key", "This runner trusts no key.");
  }
  const when: VerifyOptions = { now, acceptedAt: acceptedAt ?? now, expiredTrust: "flag" };
  assertAllowed(trust, subject, when);
  if (signatures === null) {
    if (allowUnsigned) return;
    throw new BundleError("unsigned", "The bundle has no signature.");
  }
  try {
    await check(signatures, trust, when);
  } catch (error) {
    const isRevoked = error instanceof BundleError && error.code.startsWith("revoked_");
    if (!allowUnsigned || isRevoked) throw error;
  }
}
