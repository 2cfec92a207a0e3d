import { generateKeyPair } from "node:crypto";
import { promisify } from "node:util";
import { toKeyId } from "../signing/public-key.ts";

/** A fresh Ed25519 key pair; keep the private PEM in a file only its owner can read. */
export interface SigningKey {
  /** PKCS#8 PEM. */
  readonly privateKeyPem: string;
  /** SPKI PEM, for trust bundles. */
  readonly publicKeyPem: string;
  /** First 32 hex digits of sha256 over the SPKI DER. */
  readonly keyId: string;
}

const generate = promisify(generateKeyPair);

/** Generate an Ed25519 key pair for signing bundles. */
export async function generateSigningKey(): Promise<SigningKey> {
  const { privateKey, publicKey } = await generate("ed25519");
  return {
    privateKeyPem: privateKey.export({ type: "pkcs8", format: "pem" }),
    publicKeyPem: publicKey.export({ type: "spki", format: "pem" }),
    keyId: await toKeyId(new Uint8Array(publicKey.export({ type: "spki", format: "der" }))),
  };
}
