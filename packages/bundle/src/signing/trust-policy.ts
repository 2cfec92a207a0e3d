import { BundleError } from "../errors.ts";
import type { SignatureAlgorithm } from "../ports.ts";
import { toKeyId, toSignatureAlgorithm } from "./public-key.ts";

/** One key that may vouch for bundles. */
export interface TrustedKey {
  readonly keyId: string;
  readonly alg: SignatureAlgorithm;
  readonly key: CryptoKey;
  /** Publishers it may sign for, letter case ignored; null means all. */
  readonly publishers: readonly string[] | null;
}

/** Whose signatures count, and how many of them a bundle needs. */
export interface TrustPolicy {
  /** By key id. */
  readonly keys: ReadonlyMap<string, TrustedKey>;
  /** Distinct keys that must have signed. */
  readonly threshold: number;
}

/** Options of {@link parseTrustBundle}. */
export interface TrustBundleOptions {
  /** Key id → publishers that key may sign for. A key without an entry may sign for all. */
  readonly publishers?: Readonly<Record<string, readonly string[]>>;
  /** Distinct keys that must have signed. @default 1 */
  readonly threshold?: number;
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\s]*)-----END ([A-Z0-9 ]+)-----/g;

/**
 * Read the operator's trust bundle: PEM public keys (Ed25519 or P-256), comments between them allowed.
 *
 * @throws {BundleError} `invalid_trust_bundle`; `unsupported_trust_material` for certificates, which are not judged yet
 */
export async function parseTrustBundle(pem: string, options: TrustBundleOptions = {}): Promise<TrustPolicy> {
  const keys = new Map<string, TrustedKey>();
  const rest = pem.replaceAll(BLOCK, "");
  if (rest.includes("-----")) throw invalid("it has a PEM block that does not end");
  for (const [, begin, body = "", end] of pem.matchAll(BLOCK)) {
    if (begin !== end || begin === undefined) throw invalid("it has a PEM block that does not end");
    const key = await importKey(begin, body, options.publishers ?? {});
    keys.set(key.keyId, key);
  }
  if (keys.size === 0) throw invalid("it has no PUBLIC KEY block");
  const unknown = Object.keys(options.publishers ?? {}).filter((keyId) => !keys.has(keyId));
  if (unknown.length > 0)
    throw invalid(`publishers are bound to keys it does not hold (${unknown.join(", ")})`);
  const threshold = options.threshold ?? 1;
  if (!Number.isInteger(threshold) || threshold < 1 || threshold > keys.size) {
    throw invalid(`its ${keys.size} keys can never reach a threshold of ${threshold}`);
  }
  return Object.freeze({ keys, threshold });
}

async function importKey(
  label: string,
  body: string,
  publishers: Readonly<Record<string, readonly string[]>>,
): Promise<TrustedKey> {
  if (label.includes("CERTIFICATE")) {
    throw new BundleError(
      "unsupported_trust_material",
      "The trust bundle holds a certificate. This version judges bare public keys only: put the key in (openssl x509 -pubkey).",
      { details: { label } },
    );
  }
  if (label !== "PUBLIC KEY") throw invalid(`it holds a ${label}, only PUBLIC KEY belongs there`);
  const spki = decodePem(body);
  const alg = toSignatureAlgorithm(spki);
  if (alg === null) throw invalid("it holds a key that is neither Ed25519 nor P-256");
  const keyId = await toKeyId(spki);
  const bound = Object.hasOwn(publishers, keyId) ? publishers[keyId] : undefined;
  return Object.freeze({
    keyId,
    alg,
    key: await importSpki(spki, alg),
    publishers: bound === undefined ? null : Object.freeze(bound.map((name) => name.toLowerCase())),
  });
}

async function importSpki(spki: Uint8Array, alg: SignatureAlgorithm): Promise<CryptoKey> {
  const algorithm = alg === "EdDSA" ? { name: "Ed25519" } : { name: "ECDSA", namedCurve: "P-256" };
  try {
    return await crypto.subtle.importKey("spki", spki as Uint8Array<ArrayBuffer>, algorithm, false, [
      "verify",
    ]);
  } catch (error) {
    throw new BundleError("invalid_trust_bundle", "The trust bundle holds a key that cannot be read.", {
      cause: error,
    });
  }
}

function decodePem(body: string): Uint8Array {
  try {
    return Uint8Array.from(atob(body.replaceAll(/\s/g, "")), (char) => char.charCodeAt(0));
  } catch (error) {
    throw new BundleError("invalid_trust_bundle", "The trust bundle holds a block that is not base64.", {
      cause: error,
    });
  }
}

function invalid(reason: string): BundleError {
  return new BundleError("invalid_trust_bundle", `The trust bundle is unusable: ${reason}.`);
}
