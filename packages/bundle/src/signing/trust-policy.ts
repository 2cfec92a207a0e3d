import { BundleError } from "../errors.ts";
import type { SignatureAlgorithm } from "./signature-algorithm.ts";
import { parseCertificate, type Certificate } from "./certificate.ts";
import { issuerKeyFamily } from "./is-issued-by.ts";
import { readPem, type PemBlock } from "./pem.ts";
import { importVerifyKey, toKeyId, toSignatureAlgorithm } from "./public-key.ts";
import type { TrustDocument } from "./trust-document.ts";

/** One key that may vouch for bundles. */
export interface TrustedKey {
  readonly keyId: string;
  readonly alg: SignatureAlgorithm;
  readonly key: CryptoKey;
  /** Publishers it may sign for, letter case ignored; null means all. */
  readonly publishers: readonly string[] | null;
  /** Publisher certificates that limit it; empty for a bare key. */
  readonly certificates: readonly Certificate[];
}

/** Whose signatures count, and how many of them a bundle needs. */
export interface TrustPolicy {
  /** By key id: bare keys, and keys of publisher certificates. */
  readonly keys: ReadonlyMap<string, TrustedKey>;
  /** Distinct keys that must have signed. */
  readonly threshold: number;
  /** Every certificate of the trust bundle: where chains may end. */
  readonly certificates: readonly Certificate[];
  /** OID of the extended key usage that publisher certificates must carry. */
  readonly extendedKeyUsage: string;
  /** Null without one. */
  readonly document: TrustDocument | null;
}

/** Options of {@link parseTrustBundle}. */
export interface TrustBundleOptions {
  /** Key id → publishers that key may sign for. A key without an entry may sign for all. */
  readonly publishers?: Readonly<Record<string, readonly string[]>>;
  /** Distinct keys that must have signed. @default 1 */
  readonly threshold?: number;
  /** OID publisher certificates must carry. @default "1.3.6.1.5.5.7.3.3", code signing */
  readonly extendedKeyUsage?: string;
  /** Publishers, revocations and thresholds; what it says goes before these options. @default none */
  readonly document?: TrustDocument | null;
}

const CODE_SIGNING = "1.3.6.1.5.5.7.3.3";

/**
 * Read the operator's trust bundle: PEM public keys (Ed25519 or P-256), certificates of authorities and of publishers;
 * comments between them are allowed.
 *
 * @throws {BundleError} `invalid_trust_bundle`; `unsupported_trust_material` for a certificate whose key is not
 * accepted, and for other kinds of PEM certificates
 */
export async function parseTrustBundle(pem: string, options: TrustBundleOptions = {}): Promise<TrustPolicy> {
  const keys = new Map<string, TrustedKey>();
  const certificates: Certificate[] = [];
  const publishers = new Map(Object.entries(options.publishers ?? {}));
  const add = async (spki: Uint8Array, certificate: Certificate | null): Promise<void> => {
    const alg = toSignatureAlgorithm(spki);
    if (alg === null) throw invalid("it holds a key that is neither Ed25519 nor P-256");
    const keyId = await toKeyId(spki);
    const known = keys.get(keyId);
    // Bare and with a certificate at once, nobody could tell whether the certificate's limits hold.
    if (known !== undefined && (known.certificates.length === 0) !== (certificate === null))
      throw invalid(`it holds the key ${keyId} both bare and in a certificate`);
    keys.set(
      keyId,
      Object.freeze({
        keyId,
        alg,
        key: await importKey(spki, alg),
        publishers: publishers.get(keyId)?.map((name) => name.toLowerCase()) ?? null,
        certificates: [...(known?.certificates ?? []), ...(certificate === null ? [] : [certificate])],
      }),
    );
  };
  for (const { label, der } of readBlocks(pem)) {
    if (label === "PUBLIC KEY") await add(der, null);
    else if (label === "CERTIFICATE") {
      const certificate = await readCertificate(der);
      certificates.push(certificate);
      if (!certificate.isCa) await add(certificate.spki, certificate);
    } else if (label.includes("CERTIFICATE")) throw unsupported(`a ${label}`);
    else throw invalid(`it holds a ${label}, only PUBLIC KEY and CERTIFICATE belong there`);
  }
  if (keys.size === 0 && certificates.length === 0)
    throw invalid("it has no PUBLIC KEY and no CERTIFICATE block");
  const unknown = [...publishers.keys()].filter((keyId) => !keys.has(keyId));
  if (unknown.length > 0)
    throw invalid(`publishers are bound to keys it does not hold (${unknown.join(", ")})`);
  const threshold = options.threshold ?? 1;
  const hasAuthority = certificates.some((certificate) => certificate.isCa);
  if (!Number.isInteger(threshold) || threshold < 1 || (threshold > keys.size && !hasAuthority)) {
    throw invalid(`its ${keys.size} keys can never reach a threshold of ${threshold}`);
  }
  const document = options.document ?? null;
  return Object.freeze({
    keys,
    threshold,
    certificates: Object.freeze(certificates),
    extendedKeyUsage: document?.extendedKeyUsage ?? options.extendedKeyUsage ?? CODE_SIGNING,
    document,
  });
}

/** Whether a trust policy may still admit something new, or only keep what was admitted before. */
export type TrustState = "current" | "expired";

/** State of a policy at a time, @default the present; a policy without a document never expires. */
export function trustState(policy: TrustPolicy, now: Date = new Date()): TrustState {
  return policy.document !== null && policy.document.expires <= now.getTime() ? "expired" : "current";
}

function readBlocks(pem: string): PemBlock[] {
  try {
    return readPem(pem);
  } catch (cause) {
    throw invalid(cause instanceof Error ? cause.message : "it is not PEM", cause);
  }
}

async function readCertificate(der: Uint8Array): Promise<Certificate> {
  const certificate = await parseCertificate(der).catch((cause: unknown) => {
    throw invalid("it holds a certificate that cannot be read", cause);
  });
  const isAccepted = certificate.isCa ? issuerKeyFamily(certificate) !== null : certificate.alg !== null;
  if (!isAccepted)
    throw unsupported(`the certificate "${certificate.subject}", whose key is of another kind`);
  return certificate;
}

async function importKey(spki: Uint8Array, alg: SignatureAlgorithm): Promise<CryptoKey> {
  const { key } = await importVerifyKey(spki, alg === "EdDSA" ? "Ed25519" : "P-256").catch(
    (cause: unknown) => {
      throw invalid("it holds a key that cannot be read", cause);
    },
  );
  return key;
}

function unsupported(what: string): BundleError {
  return new BundleError(
    "unsupported_trust_material",
    `The trust bundle holds ${what}. Keys of publishers are Ed25519 or P-256, of authorities also RSA from 3072 bits.`,
  );
}

function invalid(reason: string, cause?: unknown): BundleError {
  return new BundleError("invalid_trust_bundle", `The trust bundle is unusable: ${reason}.`, { cause });
}
