import { CALL_TOKEN_MAX_AGE_S, RUNNER_AUDIENCE, type CallClaims } from "@alga-ext/protocol";
import type { CallTokenInput } from "../ports.ts";

/** How far the clocks of gateway and runner may be apart. */
export const SKEW_S = 5;

/** Claims of the token of one call that begins at `nowS`, in seconds since the epoch. */
export function toCallClaims(
  { timeoutMs, ...call }: CallTokenInput,
  { issuer, nowS }: { readonly issuer: string; readonly nowS: number },
): CallClaims {
  return {
    iss: issuer,
    aud: RUNNER_AUDIENCE,
    ...call,
    jti: crypto.randomUUID(),
    iat: nowS,
    exp: nowS + CALL_TOKEN_MAX_AGE_S,
    deadline: nowS + Math.ceil(timeoutMs / 1000) + SKEW_S,
  };
}

/** What session keys are derived from: the inputs of HKDF with SHA-256. */
export interface SessionSecret {
  readonly master: Uint8Array<ArrayBuffer>;
  readonly salt: Uint8Array<ArrayBuffer>;
  /** Of the key that a `kid` names. */
  infoOf(kid: string): Uint8Array<ArrayBuffer>;
}

/**
 * The secret behind all session keys of the gateways that share a private key.
 *
 * @throws {TypeError} when it is no PEM.
 */
export function toSessionSecret(privateKeyPem: string): SessionSecret {
  let der: string;
  try {
    der = atob(privateKeyPem.replaceAll(/-----[^-]+-----|\s/g, ""));
  } catch (cause) {
    throw new TypeError("Expected an Ed25519 PKCS#8 key as PEM.", { cause });
  }
  const encoder = new TextEncoder();
  return {
    master: Uint8Array.from(der, (character) => character.charCodeAt(0)),
    salt: new Uint8Array(32),
    infoOf: (kid) => encoder.encode(`alga-ext call session ${kid}`),
  };
}
