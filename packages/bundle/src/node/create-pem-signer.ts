import { createPrivateKey, createPublicKey, sign, type KeyObject } from "node:crypto";
import { BundleError } from "../errors.ts";
import type { BundleSigner } from "../ports.ts";
import { toKeyId, toSignatureAlgorithm } from "../signing/public-key.ts";

/**
 * A signer for an unencrypted PKCS#8 PEM private key, Ed25519 or P-256.
 *
 * @throws {BundleError} `invalid_key`
 */
export async function createPemSigner(privateKeyPem: string): Promise<BundleSigner> {
  const key = readKey(privateKeyPem);
  const spki = new Uint8Array(createPublicKey(key).export({ type: "spki", format: "der" }));
  const alg = toSignatureAlgorithm(spki);
  if (alg === null) throw new BundleError("invalid_key", "A signing key must be Ed25519 or P-256.");
  return Object.freeze({
    keyId: await toKeyId(spki),
    alg,
    sign: async (data: Uint8Array): Promise<Uint8Array> =>
      alg === "EdDSA" ? sign(null, data, key) : sign("sha256", data, { key, dsaEncoding: "ieee-p1363" }),
  });
}

function readKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    throw new BundleError("invalid_key", "The signing key is not an unencrypted PEM private key.", {
      cause: error,
    });
  }
}
