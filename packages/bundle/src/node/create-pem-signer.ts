import { createPrivateKey, createPublicKey, sign, type KeyObject } from "node:crypto";
import { BundleError } from "../errors.ts";
import type { BundleSigner } from "../ports.ts";
import { parseCertificate } from "../signing/certificate.ts";
import { readPem } from "../signing/pem.ts";
import { toKeyId, toSignatureAlgorithm } from "../signing/public-key.ts";

/**
 * A signer for an unencrypted PKCS#8 PEM private key, Ed25519 or P-256.
 *
 * @param options.certificates Chain of the key as PEM, leaf first; signatures carry it. @default none
 * @throws {BundleError} `invalid_key`, also when the first certificate is another key's; `certificate_malformed`
 */
export async function createPemSigner(
  privateKeyPem: string,
  options: { readonly certificates?: string } = {},
): Promise<BundleSigner> {
  const key = readKey(privateKeyPem);
  const spki = new Uint8Array(createPublicKey(key).export({ type: "spki", format: "der" }));
  const alg = toSignatureAlgorithm(spki);
  if (alg === null) throw new BundleError("invalid_key", "A signing key must be Ed25519 or P-256.");
  const keyId = await toKeyId(spki);
  const certificates = options.certificates === undefined ? [] : await readChain(options.certificates, keyId);
  return Object.freeze({
    keyId,
    alg,
    certificates,
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

async function readChain(pem: string, keyId: string): Promise<readonly Uint8Array[]> {
  const chain = readBlocks(pem);
  const [leaf] = chain;
  if (leaf === undefined) throw new BundleError("invalid_key", "The certificate chain holds no certificate.");
  if ((await parseCertificate(leaf)).keyId !== keyId)
    throw new BundleError("invalid_key", "The first certificate is not for the signing key.");
  return Object.freeze(chain);
}

function readBlocks(pem: string): Uint8Array[] {
  try {
    return readPem(pem)
      .filter(({ label }) => label === "CERTIFICATE")
      .map(({ der }) => der);
  } catch (cause) {
    throw new BundleError("invalid_key", "The certificate chain is not PEM.", { cause });
  }
}
