import type { KnownEnd } from "../../api/release-log.ts";

/** What a signed head says, unchecked: checking it is the business of those who keep the registry's key. */
export interface HeadStatement {
  readonly issuer: string;
  readonly seq: number;
  readonly hash: string;
  readonly issuedAt: string;
  readonly expiresAt: string;
}

/** The statement inside a compact JWS. */
export function toStatement(jws: string): HeadStatement {
  const [, payload = ""] = jws.split(".");
  const binary = atob(payload.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes)) as HeadStatement;
}

/** Where this browser saw a chain end; null when it has not seen it. */
export function readKnownEnd(key: string): KnownEnd | null {
  try {
    const { seq, hash } = JSON.parse(localStorage.getItem(key) ?? "null") as KnownEnd;
    return Number.isSafeInteger(seq) && seq > 0 && /^[0-9a-f]{64}$/.test(hash) ? { seq, hash } : null;
  } catch {
    return null;
  }
}

/** Remember where a chain ends. A browser that keeps nothing loses only the comparison. */
export function rememberEnd(key: string, end: KnownEnd): void {
  try {
    localStorage.setItem(key, JSON.stringify(end));
  } catch {
    // Private windows may refuse.
  }
}
