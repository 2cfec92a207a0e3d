import { assertAllowed, bundleSubject, verify, type TrustSource } from "@alga-ext/bundle";
import type { Bundle } from "@alga-ext/bundle/node";
import { RegistryError } from "../errors.ts";

/** Who vouches for a bundle. */
export interface Vouched {
  /** Empty for an unsigned bundle. */
  readonly keyIds: readonly string[];
  /** Whether the operator or an authority says that one of the keys is this publisher's. */
  readonly isBound: boolean;
  /** What to store beside the archive; null when nothing was verified. */
  readonly signatures: string | null;
}

const NOBODY: Vouched = { keyIds: [], isBound: false, signatures: null };

/**
 * Check signatures against the operator's trust. Unsigned passes only where the operator allowed it; a signature that
 * is there is always checked, and so is whether the bundle is revoked.
 *
 * @throws {RegistryError} `signature_required`
 * @throws {BundleError} `unsigned`, `untrusted_key`, `signature_invalid`, `statement_mismatch`, `revoked_digest`,
 * `trust_expired`, …
 */
export async function verifySignatures(
  bundle: Bundle,
  signatures: string | null,
  policy: { readonly trust: TrustSource | null; readonly allowUnsigned: boolean; readonly now: Date },
): Promise<Vouched> {
  const { now } = policy;
  const trust = policy.trust?.current ?? null;
  if (signatures !== null && trust !== null) {
    const { keyIds, signers } = await verify(bundle, signatures, trust, { now });
    return { keyIds, isBound: signers.some(({ boundBy }) => boundBy !== "none"), signatures };
  }
  if (trust !== null) assertAllowed(trust, bundleSubject(bundle), { now });
  if (policy.allowUnsigned) return NOBODY;
  throw new RegistryError(
    "signature_required",
    signatures === null
      ? "The bundle is not signed: sign it with a key this registry trusts."
      : "This registry trusts no key: configure a trust bundle.",
  );
}
