import type { SignatureAlgorithm } from "./signature-algorithm.ts";

/** When a key counts; epoch milliseconds, null for no limit. */
export interface KeyWindow {
  readonly notBefore: number | null;
  readonly notAfter: number | null;
}

/** Who may sign for one publisher. With neither keys nor certificates the trust bundle decides as usual. */
export interface PublisherTrust {
  /** By key id. */
  readonly keys: ReadonlyMap<string, KeyWindow>;
  /** Hex sha256 of leaf certificates. */
  readonly certificates: ReadonlySet<string>;
  /** Different keys that must sign; null for the policy's. */
  readonly threshold: number | null;
}

/** What no longer counts. */
export interface Revocation {
  readonly kind: "certificate" | "key" | "publisher" | "digest";
  /** Hex sha256 of a certificate, a key id, a publisher in lower case, or a content hash (archive or tar). */
  readonly value: string;
  readonly reason: string;
  /** Epoch milliseconds: what was accepted before still counts. Null when nothing does. */
  readonly since: number | null;
}

/** Keys that sign the next version of a trust document, and how many of them must. */
export interface TrustRoots {
  /** By key id. */
  readonly keys: ReadonlyMap<string, { readonly alg: SignatureAlgorithm; readonly key: CryptoKey }>;
  readonly threshold: number;
}

/** The operator's decisions about publishers and revocations. */
export interface TrustDocument {
  /** Only ever goes up. */
  readonly version: number;
  /** Epoch milliseconds after which nothing new is accepted. */
  readonly expires: number;
  /** By publisher in lower case. */
  readonly publishers: ReadonlyMap<string, PublisherTrust>;
  readonly revocations: readonly Revocation[];
  /** OID leaf certificates must carry; null for the policy's. */
  readonly extendedKeyUsage: string | null;
  /** Null for a document that is not signed. */
  readonly roots: TrustRoots | null;
  /** The document's own JSON text. */
  readonly text: string;
}
