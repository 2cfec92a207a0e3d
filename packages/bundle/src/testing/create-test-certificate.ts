import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  type KeyObject,
} from "node:crypto";
import { bits, der, oid, sequence, time } from "./encode-der.ts";

/** Keys a {@link createTestCertificate} can have; the last three are refused somewhere. */
export type TestKeyKind = "ed25519" | "p256" | "rsa3072" | "rsa2048" | "p384";

/** What a certificate says; the defaults make an unobjectionable publisher's leaf. */
export interface TestCertificateOptions {
  /** Common name. @default "Test" */
  readonly subject?: string;
  /** Null for a self-signed certificate. @default null */
  readonly issuer?: TestCertificate | null;
  /** A private key as PEM, or the kind of a new one. @default "ed25519" */
  readonly key?: TestKeyKind | { readonly privateKeyPem: string };
  /** @default 2025-01-01 */
  readonly notBefore?: Date;
  /** @default 2045-01-01 */
  readonly notAfter?: Date;
  /** @default false */
  readonly isCa?: boolean;
  readonly pathLength?: number;
  /** Bit numbers, null for no extension. @default keyCertSign for authorities, else digitalSignature */
  readonly keyUsage?: readonly number[] | null;
  /** OIDs, null for no extension. @default code signing for leafs, null for authorities */
  readonly extendedKeyUsage?: readonly string[] | null;
  /** Publishers it names in its subject alternative name. @default none */
  readonly publishers?: readonly string[];
  /** More extensions, DER. */
  readonly extensions?: readonly Uint8Array[];
  /** Leave the key identifiers out. @default false */
  readonly withoutKeyIds?: boolean;
  /** Sign with another key than the issuer's, as a forger would. */
  readonly forgedBy?: TestCertificate;
}

/** A certificate with its private key. */
export interface TestCertificate {
  readonly pem: string;
  readonly der: Uint8Array;
  /** Hex sha256. */
  readonly fingerprint: string;
  readonly privateKeyPem: string;
  readonly publicKeyPem: string;
  /** As of `generateSigningKey`. */
  readonly keyId: string;
  /** Encoded distinguished name. */
  readonly name: Uint8Array;
  /** The part that the issuer signed. */
  readonly tbs: Uint8Array;
}

const CODE_SIGNING = "1.3.6.1.5.5.7.3.3";
const NULL = der(0x05);

/**
 * Make a certificate for tests, right or wrong in the way asked for.
 *
 * @example
 * const root = createTestCertificate({ isCa: true, subject: "Root" });
 * const leaf = createTestCertificate({ issuer: root, publishers: ["acme-labs"] });
 */
export function createTestCertificate(options: TestCertificateOptions = {}): TestCertificate {
  const { issuer = null, isCa = false, key = "ed25519" } = options;
  const privateKey = typeof key === "string" ? generate(key) : createPrivateKey(key.privateKeyPem);
  const spki = createPublicKey(privateKey).export({ type: "spki", format: "der" });
  const name = toName(options.subject ?? "Test");
  const signingKey = createPrivateKey((options.forgedBy ?? issuer)?.privateKeyPem ?? pem(privateKey));
  const algorithm = toAlgorithm(signingKey);
  const issuerSpki =
    issuer === null ? spki : createPublicKey(issuer.publicKeyPem).export({ type: "spki", format: "der" });
  const keyUsage = options.keyUsage === undefined ? [isCa ? 5 : 0] : options.keyUsage;
  const purposes =
    options.extendedKeyUsage === undefined ? (isCa ? null : [CODE_SIGNING]) : options.extendedKeyUsage;
  const publishers = options.publishers ?? [];
  const extensions = [
    ...(isCa || options.pathLength !== undefined ? [basicConstraints(options)] : []),
    ...(keyUsage === null ? [] : [toExtension("2.5.29.15", bits(keyUsage), true)]),
    ...(purposes === null ? [] : [toExtension("2.5.29.37", sequence(...purposes.map(oid)))]),
    ...(publishers.length === 0 ? [] : [toExtension("2.5.29.17", sequence(...publishers.map(toUri)))]),
    ...(options.withoutKeyIds === true
      ? []
      : [
          toExtension("2.5.29.14", der(0x04, identify(spki))),
          toExtension("2.5.29.35", sequence(der(0x80, identify(issuerSpki)))),
        ]),
    ...(options.extensions ?? []),
  ];
  const tbs = sequence(
    der(0xa0, der(0x02, Uint8Array.of(2))),
    der(0x02, Uint8Array.of(1, ...randomBytes(8))),
    algorithm.der,
    issuer?.name ?? name,
    sequence(
      time(options.notBefore ?? new Date("2025-01-01T00:00:00Z")),
      time(options.notAfter ?? new Date("2045-01-01T00:00:00Z")),
    ),
    name,
    spki,
    der(0xa3, sequence(...extensions)),
  );
  const bytes = signPart(tbs, signingKey);
  const base64 =
    Buffer.from(bytes)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return {
    pem: `-----BEGIN CERTIFICATE-----\n${base64.join("\n")}\n-----END CERTIFICATE-----\n`,
    der: bytes,
    fingerprint: createHash("sha256").update(bytes).digest("hex"),
    privateKeyPem: pem(privateKey),
    publicKeyPem: createPublicKey(privateKey).export({ type: "spki", format: "pem" }),
    keyId: createHash("sha256").update(spki).digest("hex").slice(0, 32),
    name,
    tbs,
  };
}

/** DER of a certificate that says something else, properly signed by its issuer: for fuzzing what a reader makes of it. */
export function resignCertificate(part: {
  readonly tbs: Uint8Array;
  readonly issuer: TestCertificate;
}): Uint8Array {
  return signPart(part.tbs, createPrivateKey(part.issuer.privateKeyPem));
}

function signPart(tbs: Uint8Array, key: KeyObject): Uint8Array {
  const algorithm = toAlgorithm(key);
  return sequence(tbs, algorithm.der, der(0x03, Uint8Array.of(0), sign(algorithm.hash, tbs, key)));
}

/** One extension, DER; not critical unless said. */
export function toExtension(id: string, value: Uint8Array, isCritical = false): Uint8Array {
  const critical = isCritical ? [der(0x01, Uint8Array.of(0xff))] : [];
  return sequence(oid(id), ...critical, der(0x04, value));
}

function basicConstraints({ isCa, pathLength }: TestCertificateOptions): Uint8Array {
  const parts = isCa === true ? [der(0x01, Uint8Array.of(0xff))] : [];
  if (pathLength !== undefined) parts.push(der(0x02, Uint8Array.of(pathLength)));
  return toExtension("2.5.29.19", sequence(...parts), true);
}

function generate(kind: TestKeyKind): KeyObject {
  if (kind === "ed25519") return generateKeyPairSync("ed25519").privateKey;
  if (kind === "p256" || kind === "p384")
    return generateKeyPairSync("ec", { namedCurve: kind === "p256" ? "P-256" : "P-384" }).privateKey;
  return generateKeyPairSync("rsa", { modulusLength: Number(kind.slice(3)) }).privateKey;
}

function toAlgorithm(key: KeyObject): { readonly der: Uint8Array; readonly hash: string | null } {
  if (key.asymmetricKeyType === "ed25519") return { der: sequence(oid("1.3.101.112")), hash: null };
  if (key.asymmetricKeyType === "ec") return { der: sequence(oid("1.2.840.10045.4.3.2")), hash: "sha256" };
  return { der: sequence(oid("1.2.840.113549.1.1.11"), NULL), hash: "sha256" };
}

function toName(commonName: string): Uint8Array {
  return sequence(der(0x31, sequence(oid("2.5.4.3"), der(0x0c, Buffer.from(commonName)))));
}

function toUri(publisher: string): Uint8Array {
  return der(0x86, Buffer.from(`urn:alga:publisher:${encodeURIComponent(publisher)}`));
}

function identify(spki: Uint8Array): Uint8Array {
  return createHash("sha1").update(spki).digest();
}

function pem(key: KeyObject): string {
  return key.export({ type: "pkcs8", format: "pem" });
}
