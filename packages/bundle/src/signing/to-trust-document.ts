import { toContentHash, type ContentHash } from "@alga-ext/protocol";
import { BundleError } from "../errors.ts";
import type { SignatureAlgorithm } from "./signature-algorithm.ts";
import { readPem, type PemBlock } from "./pem.ts";
import { importVerifyKey, toKeyId, toSignatureAlgorithm } from "./public-key.ts";
import type { KeyWindow, PublisherTrust, Revocation, TrustDocument, TrustRoots } from "./trust-document.ts";

const KEY_ID = /^[0-9a-f]{32}$/;
const FINGERPRINT = /^[0-9a-f]{64}$/;
const OID = /^[0-2](?:\.\d{1,10}){1,16}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;
const MAX_TEXT = 8 * 1024 * 1024;

/**
 * Read the fields of a trust document; an unknown one is refused, because it could be a misspelt revocation.
 *
 * @throws {BundleError} `invalid_trust_document`
 */
export async function toTrustDocument(text: string): Promise<TrustDocument> {
  const { version, expires, publishers, revocations, extendedKeyUsage, roots } = toObject(
    parseJson(text),
    "it",
    ["version", "expires", "publishers", "revocations", "extendedKeyUsage", "roots"],
  );
  if (!Number.isSafeInteger(version) || Number(version) < 1)
    throw invalid("version must be a whole number from 1");
  if (extendedKeyUsage !== undefined && !(typeof extendedKeyUsage === "string" && OID.test(extendedKeyUsage)))
    throw invalid("extendedKeyUsage must be an object identifier");
  const parsed = new Map<string, PublisherTrust>();
  for (const [name, entry] of Object.entries(toObject(publishers ?? {}, "publishers"))) {
    if (parsed.has(name.toLowerCase())) throw invalid(`publisher ${name} is there twice`);
    parsed.set(name.toLowerCase(), toPublisher(entry, `publisher ${name}`));
  }
  return Object.freeze({
    version: Number(version),
    expires: toTime(expires, "expires"),
    publishers: parsed,
    revocations: Object.freeze(toList(revocations ?? [], "revocations").map(toRevocation)),
    extendedKeyUsage: extendedKeyUsage ?? null,
    roots: roots === undefined ? null : await toRoots(roots),
    text,
  });
}

function toPublisher(value: unknown, what: string): PublisherTrust {
  const entry = toObject(value, what, ["keys", "certificates", "threshold"]);
  const keys = new Map<string, KeyWindow>();
  for (const key of toList(entry["keys"] ?? [], `keys of ${what}`)) {
    const { id, notBefore, notAfter } =
      typeof key === "string"
        ? { id: key }
        : toObject(key, `a key of ${what}`, ["id", "notBefore", "notAfter"]);
    if (typeof id !== "string" || !KEY_ID.test(id)) throw invalid(`a key of ${what} is not a key id`);
    keys.set(id, {
      notBefore: notBefore === undefined ? null : toTime(notBefore, "notBefore"),
      notAfter: notAfter === undefined ? null : toTime(notAfter, "notAfter"),
    });
  }
  const certificates = new Set(
    toList(entry["certificates"] ?? [], `certificates of ${what}`).map(toFingerprint),
  );
  const threshold = entry["threshold"] ?? null;
  if (threshold !== null && (!Number.isSafeInteger(threshold) || Number(threshold) < 1))
    throw invalid(`threshold of ${what} must be a whole number from 1`);
  const signers = keys.size + certificates.size;
  if (threshold !== null && signers > 0 && Number(threshold) > signers)
    throw invalid(`${what} has ${signers} signers and can never reach its threshold`);
  return { keys, certificates, threshold: threshold === null ? null : Number(threshold) };
}

function toRevocation(value: unknown): Revocation {
  const entry = toObject(value, "a revocation", [
    "certificate",
    "key",
    "publisher",
    "digest",
    "reason",
    "since",
  ]);
  const { reason, since, ...target } = entry;
  const [[kind, what] = [], ...more] = Object.entries(target);
  if (typeof reason !== "string" || reason === "") throw invalid("a revocation has no reason");
  if (typeof what !== "string" || more.length > 0)
    throw invalid("a revocation must name one certificate, key, publisher or digest");
  const at = since === undefined ? null : toTime(since, "since");
  if (kind === "certificate") return { kind, value: toFingerprint(what), reason, since: at };
  if (kind === "digest") return { kind, value: toDigest(what), reason, since: at };
  if (kind === "publisher") return { kind, value: what.toLowerCase(), reason, since: at };
  if (!KEY_ID.test(what)) throw invalid("a revoked key is not a key id");
  return { kind: "key", value: what, reason, since: at };
}

async function toRoots(value: unknown): Promise<TrustRoots> {
  const { keys, threshold } = toObject(value, "roots", ["keys", "threshold"]);
  const found = new Map<string, { alg: SignatureAlgorithm; key: CryptoKey }>();
  for (const pem of toList(keys, "keys of roots")) {
    const [block, ...more] = readBlocks(pem);
    const alg = block?.label === "PUBLIC KEY" ? toSignatureAlgorithm(block.der) : null;
    if (block === undefined || more.length > 0 || alg === null)
      throw invalid("a root must be one Ed25519 or P-256 public key as PEM");
    const { key } = await importVerifyKey(block.der, alg === "EdDSA" ? "Ed25519" : "P-256").catch(() => {
      throw invalid("a root key cannot be read");
    });
    found.set(await toKeyId(block.der), { alg, key });
  }
  if (!Number.isSafeInteger(threshold) || Number(threshold) < 1 || Number(threshold) > found.size)
    throw invalid(`${found.size} roots can never reach their threshold`);
  return { keys: found, threshold: Number(threshold) };
}

function readBlocks(pem: unknown): PemBlock[] {
  try {
    return typeof pem === "string" ? readPem(pem) : [];
  } catch {
    return [];
  }
}

function toFingerprint(value: unknown): string {
  const hex = typeof value === "string" ? value.replaceAll(":", "").toLowerCase() : "";
  if (!FINGERPRINT.test(hex)) throw invalid("a certificate is not named by its sha256 fingerprint");
  return hex;
}

function toDigest(text: string): ContentHash {
  try {
    return toContentHash(text);
  } catch {
    throw invalid("a revoked digest is not a content hash");
  }
}

function toTime(value: unknown, what: string): number {
  const time = typeof value === "string" && TIME.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(time)) throw invalid(`${what} must be an RFC 3339 time`);
  return time;
}

function toList(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw invalid(`${what} must be a list`);
  return value;
}

/** The object, when it has no fields besides these. */
export function toObject(value: unknown, what: string, names?: readonly string[]): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw invalid(`${what} must be an object`);
  const extra = Object.keys(value).find((name) => names?.includes(name) === false);
  if (extra !== undefined) throw invalid(`${what} has an unknown field "${extra.slice(0, 64)}"`);
  return value as Record<string, unknown>;
}

/** Any JSON. */
export function parseJson(text: string): unknown {
  if (text.length > MAX_TEXT) throw invalid("it is too long");
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new BundleError("invalid_trust_document", "The trust document is not JSON.", { cause });
  }
}

function invalid(reason: string): BundleError {
  return new BundleError("invalid_trust_document", `The trust document is unusable: ${reason}.`);
}
