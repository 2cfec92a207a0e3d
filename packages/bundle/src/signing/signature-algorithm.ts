/** Signature algorithms a bundle may carry; nothing else is ever accepted. */
export type SignatureAlgorithm = "EdDSA" | "ES256";
