import { BundleError } from "../errors.ts";
import { isEqual, type Certificate } from "./certificate.ts";
import { DER, expectTag, readBytes, readChildren, readDer, readOid, readPositive } from "./der.ts";
import { importVerifyKey, type SpkiKind } from "./public-key.ts";

const RSA = "1.2.840.113549.1.1.1";
/** What signature algorithms of certificates are accepted, and the key each one needs. */
const ALGORITHMS: Readonly<Record<string, SpkiKind>> = {
  "1.3.101.112": "Ed25519",
  "1.2.840.10045.4.3.2": "P-256",
  "1.2.840.113549.1.1.11": "RSA-256",
  "1.2.840.113549.1.1.12": "RSA-384",
  "1.2.840.113549.1.1.13": "RSA-512",
};
const MIN_RSA_BITS = 3072;
const MAX_RSA_BITS = 8192;
/** 65537. */
const RSA_EXPONENT = Uint8Array.of(1, 0, 1);
const COORDINATE_BYTES = 32;

/**
 * Whether one certificate issued another: the names match, the key identifiers agree where both have one, and the
 * issuer's key made the signature. A matching name alone never counts.
 *
 * @throws {BundleError} `unsupported_algorithm` when the names match but the algorithm or the issuer's key is not
 * acceptable, `certificate_malformed`
 */
export async function isIssuedBy(certificate: Certificate, issuer: Certificate): Promise<boolean> {
  if (!isEqual(certificate.issuerName, issuer.subjectName)) return false;
  const { authorityKeyId } = certificate;
  if (authorityKeyId !== null && issuer.subjectKeyId !== null && authorityKeyId !== issuer.subjectKeyId)
    return false;
  const kind = ALGORITHMS[certificate.signatureOid];
  const family = issuerKeyFamily(issuer);
  if (kind === undefined || family === null) {
    throw new BundleError(
      "unsupported_algorithm",
      "A certificate is signed with an algorithm or a key that is not accepted.",
      { details: { algorithm: certificate.signatureOid, fingerprint: certificate.fingerprint } },
    );
  }
  if (!kind.startsWith(family)) return false;
  const signature = kind === "P-256" ? toRaw(certificate.signature) : certificate.signature;
  const { key, algorithm } = await importVerifyKey(issuer.spki, kind).catch((cause: unknown) => {
    throw malformed("its key cannot be read", cause);
  });
  return await crypto.subtle.verify(
    algorithm,
    key,
    signature as Uint8Array<ArrayBuffer>,
    certificate.tbs as Uint8Array<ArrayBuffer>,
  );
}

/**
 * Kind of an issuer's key, or null when issuers may not have such a key: Ed25519, P-256, and RSA of 3072 to 8192
 * bits with exponent 65537.
 *
 * @throws {BundleError} `certificate_malformed`
 */
export function issuerKeyFamily({ alg, spki }: Certificate): "Ed25519" | "P-256" | "RSA" | null {
  if (alg !== null) return alg === "EdDSA" ? "Ed25519" : "P-256";
  const [algorithm, key] = readChildren(readDer(spki));
  const [oid, parameters] = readChildren(expectTag(algorithm, DER.sequence));
  if (readOid(oid) !== RSA || parameters?.tag !== DER.null) return null;
  const [modulus, exponent] = readChildren(readDer(readBytes(key)));
  const bytes = readPositive(modulus);
  const bits = bytes.length * 8 - (Math.clz32(bytes[0] ?? 0) - 24);
  const isStrong =
    bits >= MIN_RSA_BITS && bits <= MAX_RSA_BITS && isEqual(readPositive(exponent), RSA_EXPONENT);
  return isStrong ? "RSA" : null;
}

/** DER `{r, s}` as the fixed-width form WebCrypto takes. */
function toRaw(signature: Uint8Array): Uint8Array {
  const numbers = readChildren(readDer(signature));
  if (numbers.length !== 2) throw malformed("its signature is not a pair of numbers");
  const raw = new Uint8Array(2 * COORDINATE_BYTES);
  for (const [index, node] of numbers.entries()) {
    const value = readPositive(node);
    if (value.length > COORDINATE_BYTES) throw malformed("its signature is out of range");
    raw.set(value, (index + 1) * COORDINATE_BYTES - value.length);
  }
  return raw;
}

function malformed(reason: string, cause?: unknown): BundleError {
  return new BundleError("certificate_malformed", `A certificate is malformed: ${reason}.`, { cause });
}
