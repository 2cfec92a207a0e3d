import { importPKCS8, importSPKI } from "jose";

/**
 * Import the gateway's Ed25519 public key.
 *
 * @throws {TypeError} when the text is not such a key.
 */
export async function readGatewayKey(pem: string): Promise<CryptoKey> {
  try {
    return await importSPKI(pem, "EdDSA");
  } catch (cause) {
    throw new TypeError("The gateway's public key is not an Ed25519 SPKI PEM.", { cause });
  }
}

/**
 * Import the runner's X25519 private key.
 *
 * @throws {TypeError} when the text is not such a key.
 */
export async function readRunnerKey(pem: string): Promise<CryptoKey> {
  try {
    return await importPKCS8(pem, "ECDH-ES");
  } catch (cause) {
    throw new TypeError("The runner's private key is not an X25519 PKCS #8 PEM.", { cause });
  }
}
