import { sha256Hex } from "../digest.ts";
import type { SignatureAlgorithm } from "../ports.ts";

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
