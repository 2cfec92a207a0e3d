import type { ContentHash } from "@alga-ext/protocol";
import { BundleError } from "../errors.ts";
import type { Certificate } from "./certificate.ts";
import type { Revocation, TrustDocument } from "./trust-document.ts";

const CODES = {
  certificate: "revoked_certificate",
  key: "revoked_key",
  publisher: "revoked_publisher",
  digest: "revoked_digest",
} as const;

/**
 * Refuse what the trust document revokes; something accepted before a revocation's `since` passes.
 *
 * @throws {BundleError} `revoked_digest`, `revoked_publisher`, `revoked_certificate`, `revoked_key`
 */
export function assertNotRevoked(
  document: TrustDocument | null,
  subject: {
    readonly digests?: readonly ContentHash[];
    readonly publishers?: readonly string[];
    readonly certificates?: readonly Certificate[];
    readonly keyIds?: readonly string[];
  },
  acceptedAt: Date,
): void {
  if (document === null || document.revocations.length === 0) return;
  const names: Record<Revocation["kind"], ReadonlySet<string>> = {
    digest: new Set(subject.digests),
    publisher: new Set(subject.publishers?.map((name) => name.toLowerCase())),
    certificate: new Set(subject.certificates?.map(({ fingerprint }) => fingerprint)),
    key: new Set([...(subject.keyIds ?? []), ...(subject.certificates ?? []).map(({ keyId }) => keyId)]),
  };
  const found = document.revocations.find(
    ({ kind, value, since }) => names[kind].has(value) && (since === null || acceptedAt.getTime() >= since),
  );
  if (found === undefined) return;
  const { kind, value, reason, since } = found;
  throw new BundleError(CODES[kind], `The ${kind} ${value} is revoked: ${reason}`, {
    details: { [kind]: value, reason, since: since === null ? null : new Date(since).toISOString() },
  });
}
