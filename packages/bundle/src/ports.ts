/** Signature algorithms a bundle may carry; nothing else is ever accepted. */
export type SignatureAlgorithm = "EdDSA" | "ES256";

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
  /** Sign the bytes; ES256 answers `r || s` (64 bytes), not DER. */
  sign(data: Uint8Array): Promise<Uint8Array>;
}
