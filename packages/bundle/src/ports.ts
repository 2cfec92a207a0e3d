import type { SignatureAlgorithm } from "./signing/signature-algorithm.ts";
import type { TrustPolicy } from "./signing/trust-policy.ts";

/**
 * Port: something that holds a private key and signs with it (a PEM file, a KMS, a hardware token).
 *
 * `sign` must be safe to call concurrently and may reject with anything; callers wrap nothing and retry nothing.
 */
export interface BundleSigner {
  /** First 32 hex digits of sha256 over the public key's SPKI DER. */
  readonly keyId: string;
  /** `EdDSA` means Ed25519; `ES256` means ECDSA P-256 with SHA-256. */
  readonly alg: SignatureAlgorithm;
  /** X.509 chain of the key, DER, leaf first; signatures carry it. @default none */
  readonly certificates?: readonly Uint8Array[];
  /** Sign the bytes; ES256 answers `r || s` (64 bytes), not DER. */
  sign(data: Uint8Array): Promise<Uint8Array>;
}

/**
 * Port: the trust that holds now, for hosts where it changes while they run (files, a database, a service).
 *
 * `current` must be cheap and never throw: what cannot be read leaves the last good policy in place. `onChange` calls
 * the listener after every change of `current`, in any order, and answers how to stop that; whoever holds on to
 * something that was verified depends on it.
 */
export interface TrustSource {
  readonly current: TrustPolicy;
  onChange(listener: () => void): () => void;
}
