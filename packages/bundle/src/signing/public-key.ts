import { sha256Hex } from "../digest.ts";
import type { SignatureAlgorithm } from "./signature-algorithm.ts";

/** DER in front of the raw key, per algorithm: there is exactly one encoding of each accepted key kind. */
const PREFIXES: readonly {
  readonly alg: SignatureAlgorithm;
  readonly prefix: string;
  readonly length: number;
}[] = [
  { alg: "EdDSA", prefix: "302a300506032b6570032100", length: 44 },
  { alg: "ES256", prefix: "3059301306072a8648ce3d020106082a8648ce3d03010703420004", length: 91 },
];

/** Which pinned algorithm an SPKI key is for, or null for any other kind of key. */
export function toSignatureAlgorithm(spki: Uint8Array): SignatureAlgorithm | null {
  const head = Array.from(spki.subarray(0, 32), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return (
    PREFIXES.find(({ prefix, length }) => spki.length === length && head.startsWith(prefix))?.alg ?? null
  );
}

/** First 32 hex digits of sha256 over the SPKI DER. */
export async function toKeyId(spki: Uint8Array): Promise<string> {
  return (await sha256Hex(spki)).slice(0, 32);
}

/** Kinds of keys that may have signed a certificate. */
export type SpkiKind = "Ed25519" | "P-256" | "RSA-256" | "RSA-384" | "RSA-512";

/** Import a public key for checking signatures, with the algorithm to name when doing so. Rejects on a broken key. */
export async function importVerifyKey(
  spki: Uint8Array,
  kind: SpkiKind,
): Promise<{ readonly key: CryptoKey; readonly algorithm: { name: string; hash?: string } }> {
  const hash = kind.startsWith("RSA-") ? `SHA-${kind.slice(4)}` : "SHA-256";
  const algorithm =
    kind === "Ed25519"
      ? { name: "Ed25519" }
      : kind === "P-256"
        ? { name: "ECDSA", namedCurve: "P-256", hash }
        : { name: "RSASSA-PKCS1-v1_5", hash };
  const key = await crypto.subtle.importKey("spki", spki as Uint8Array<ArrayBuffer>, algorithm, false, [
    "verify",
  ]);
  return { key, algorithm };
}
