import { BundleError, type BundleErrorCode } from "../errors.ts";
import { KEY_USAGE, type Certificate } from "./certificate.ts";
import { isIssuedBy } from "./is-issued-by.ts";

/** Certificates of a path, leaf and anchor included. */
const MAX_PATH = 3;
const ANY_PURPOSE = "2.5.29.37.0";

/** How {@link validateChain} judges. */
export interface ChainPolicy {
  /** Certificates the operator put into the trust bundle: a path must end at one of them. */
  readonly anchors: readonly Certificate[];
  /** OID the leaf must carry, and every issuer that limits purposes. */
  readonly extendedKeyUsage: string;
  /** Epoch milliseconds at which every certificate must be valid. */
  readonly at: number;
}

/**
 * Check a chain as a signature brings it, leaf first, each certificate issued by the next, and answer the whole path
 * up to the anchor.
 *
 * A leaf that is an anchor itself needs no issuer. The anchor may be in the chain or be left out.
 *
 * @throws {BundleError} `chain_too_long`, `untrusted_chain`, `not_a_ca`, `key_usage`, `ext_key_usage`,
 * `critical_extension`, `certificate_expired`, `certificate_not_yet_valid`, `unsupported_algorithm`,
 * `certificate_malformed`
 */
export async function validateChain(
  chain: readonly Certificate[],
  policy: ChainPolicy,
): Promise<readonly Certificate[]> {
  const path = await findPath(chain, policy.anchors);
  const [leaf, ...issuers] = path;
  for (const [index, issuer] of issuers.entries()) assertIssuer(issuer, index, policy);
  assertLeaf(leaf!, policy);
  for (const certificate of path) assertUsable(certificate, policy.at);
  return path;
}

async function findPath(
  chain: readonly Certificate[],
  anchors: readonly Certificate[],
): Promise<readonly Certificate[]> {
  if (chain.length > MAX_PATH) throw tooLong(MAX_PATH);
  const path: Certificate[] = [];
  for (const [index, certificate] of chain.entries()) {
    path.push(certificate);
    if (anchors.some(({ fingerprint }) => fingerprint === certificate.fingerprint)) return path;
    const next = chain[index + 1];
    if (next !== undefined && (await isIssuedBy(certificate, next))) continue;
    if (next !== undefined) throw untrusted(certificate);
    for (const anchor of anchors) {
      if (!(await isIssuedBy(certificate, anchor))) continue;
      if (path.length >= MAX_PATH) throw tooLong(MAX_PATH);
      return [...path, anchor];
    }
    throw untrusted(certificate);
  }
  throw new BundleError("untrusted_chain", "A signature brings no certificate.");
}

/** @param below Intermediates between this issuer and the leaf. */
function assertIssuer(issuer: Certificate, below: number, policy: ChainPolicy): void {
  if (!issuer.isCa) throw refusal("not_a_ca", issuer, "is not a certificate authority");
  if (issuer.keyUsage?.has(KEY_USAGE.keyCertSign) !== true)
    throw refusal("key_usage", issuer, "may not sign certificates");
  if (issuer.pathLength !== null && below > issuer.pathLength) throw tooLong(issuer.pathLength + 2);
  const purposes = issuer.extendedKeyUsage;
  if (purposes !== null && !purposes.includes(policy.extendedKeyUsage) && !purposes.includes(ANY_PURPOSE))
    throw refusal("ext_key_usage", issuer, "may not issue certificates for this purpose");
}

function assertLeaf(leaf: Certificate, policy: ChainPolicy): void {
  if (leaf.isCa) throw refusal("key_usage", leaf, "is a certificate authority, which signs no bundles");
  if (leaf.keyUsage?.has(KEY_USAGE.digitalSignature) !== true)
    throw refusal("key_usage", leaf, "may not make signatures");
  if (leaf.extendedKeyUsage?.includes(policy.extendedKeyUsage) !== true)
    throw refusal("ext_key_usage", leaf, "is not for signing code");
  if (leaf.alg === null)
    throw refusal("unsupported_algorithm", leaf, "has a key that is neither Ed25519 nor P-256");
}

function assertUsable(certificate: Certificate, at: number): void {
  if (certificate.unknownCritical !== null) {
    const reason = `has an extension that is not understood (${certificate.unknownCritical})`;
    throw refusal("critical_extension", certificate, reason);
  }
  if (at > certificate.notAfter)
    throw refusal("certificate_expired", certificate, "had expired when it was accepted");
  if (at < certificate.notBefore) throw refusal("certificate_not_yet_valid", certificate, "is not valid yet");
}

function refusal(code: BundleErrorCode, certificate: Certificate, reason: string): BundleError {
  const { fingerprint, subject, notBefore, notAfter } = certificate;
  return new BundleError(code, `The certificate "${subject}" ${reason}.`, {
    details: {
      fingerprint,
      subject,
      notBefore: new Date(notBefore).toISOString(),
      notAfter: new Date(notAfter).toISOString(),
    },
  });
}

function untrusted({ subject, fingerprint }: Certificate): BundleError {
  return new BundleError(
    "untrusted_chain",
    `Nothing this operator trusts issued the certificate "${subject}".`,
    {
      details: { subject, fingerprint },
    },
  );
}

function tooLong(maximum: number): BundleError {
  return new BundleError("chain_too_long", `A chain may have at most ${maximum} certificates here.`, {
    details: { maximum },
  });
}
