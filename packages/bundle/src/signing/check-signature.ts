import { flattenedVerify } from "jose";
import { BundleError } from "../errors.ts";
import type { SignatureAlgorithm } from "./signature-algorithm.ts";
import type { EnvelopeSignature } from "./envelope.ts";

/**
 * Check one signature under one key, with that key's algorithm and no other.
 *
 * @throws {BundleError} `signature_invalid`
 */
export async function checkSignature(
  payload: string,
  one: EnvelopeSignature,
  trusted: { readonly alg: SignatureAlgorithm; readonly key: CryptoKey },
): Promise<void> {
  const jws = { payload, protected: one.protected, signature: one.signature };
  try {
    await flattenedVerify(jws, trusted.key, { algorithms: [trusted.alg] });
  } catch (error) {
    throw new BundleError("signature_invalid", "A signature does not hold under the trusted key it names.", {
      cause: error,
      details: { keyId: one.keyId },
    });
  }
}

/**
 * Check that enough different keys signed.
 *
 * @throws {BundleError} `duplicate_signer` when only counting a key twice would have been enough, `threshold_not_met`
 */
export function assertThreshold(counts: {
  readonly threshold: number;
  readonly distinct: number;
  /** Signatures of the counted keys, repetitions included. */
  readonly total: number;
  /** Signatures that did not count, for the refusal's details. */
  readonly refused?: readonly { readonly keyId: string; readonly code: string }[];
}): void {
  const { threshold, distinct, total, refused = [] } = counts;
  if (distinct >= threshold) return;
  const details = {
    threshold,
    signed: distinct,
    refused: refused.map(({ keyId, code }) => ({ keyId, code })),
  };
  if (total >= threshold) {
    throw new BundleError("duplicate_signer", "One key signed several times; it counts once.", { details });
  }
  throw new BundleError("threshold_not_met", `${threshold} keys must sign; ${distinct} did.`, { details });
}
