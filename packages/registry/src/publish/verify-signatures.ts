import { verify, type TrustPolicy } from "@alga-ext/bundle";
import type { Bundle } from "@alga-ext/bundle/node";
import { RegistryError } from "../errors.ts";

/** Who vouches for a bundle. */
export interface Vouched {
  /** Empty for an unsigned bundle. */
  readonly keyIds: readonly string[];
  /** What to store beside the archive; null when nothing was verified. */
  readonly signatures: string | null;
}

/**
 * Check signatures against the operator's trust. Unsigned passes only where the operator allowed it; a signature that
 * is there is always checked.
 *
 * @throws {RegistryError} `signature_required`
 * @throws {BundleError} `unsigned`, `untrusted_key`, `signature_invalid`, `statement_mismatch`, …
 */
export async function verifySignatures(
  bundle: Bundle,
  signatures: string | null,
  policy: { readonly trust: TrustPolicy | null; readonly allowUnsigned: boolean; readonly now: Date },
): Promise<Vouched> {
  if (signatures === null && policy.allowUnsigned) return { keyIds: [], signatures: null };
  if (signatures !== null && policy.trust !== null) {
    const { keyIds } = await verify(bundle, signatures, policy.trust, { now: policy.now });
    return { keyIds, signatures };
  }
  if (policy.trust === null && policy.allowUnsigned) return { keyIds: [], signatures: null };
  throw new RegistryError(
    "signature_required",
    signatures === null
      ? "The bundle is not signed: sign it with a key this registry trusts."
      : "This registry trusts no key: configure a trust bundle.",
  );
}
