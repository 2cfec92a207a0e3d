import { compactDecrypt, jwtVerify } from "jose";
import {
  HANDSHAKE_TYP,
  RUNNER_AUDIENCE,
  SESSION_KEY_MAX_AGE_S,
  type HandshakeClaims,
  type HandshakeResponse,
} from "@alga-ext/protocol";
import { createHmacSigner, type HmacSigner } from "@alga-ext/protocol/node";
import { RunnerError } from "../errors.ts";
import type { ReplayCache } from "./replay-cache.ts";

/** A key that call tokens of one gateway session are signed with. */
export interface SessionKey {
  readonly kid: string;
  readonly issuer: string;
  /** Makes the signature that a token of this session must have. */
  readonly sign: HmacSigner;
  /** Epoch ms. */
  readonly expiresAt: number;
}

/** Open handshake sessions. */
export interface Sessions {
  /**
   * Verify a handshake token and keep its key.
   *
   * @throws {RunnerError} `call_token_missing`, `call_token_invalid`, `call_token_expired`, `call_token_replayed`
   */
  open(token: unknown): Promise<HandshakeResponse>;
  /** The live key of a `kid`, or null. */
  find(kid: string): SessionKey | null;
}

const MAX_SESSIONS = 1_000;
const KEY_BYTES = 32;
const CLOCK_SKEW_S = 5;

/** Create the session table of one runner. */
export function createSessions(options: {
  gatewayKey: CryptoKey;
  runnerKey: CryptoKey;
  replays: ReplayCache;
  now: () => number;
}): Sessions {
  // What was used before this start is forgotten with the process that used it, so nothing older counts. Tokens tell
  // whole seconds: one of the very second of the start may pass.
  const notBeforeS = Math.floor(options.now() / 1000);
  const sessions = new Map<string, SessionKey>();
  return {
    async open(token) {
      if (typeof token !== "string" || token === "")
        throw new RunnerError("call_token_missing", "No handshake token.");
      const claims = await verifyHandshake(token, { ...options, notBeforeS });
      if (!options.replays.use(`handshake:${claims.jti}`, (claims.exp + CLOCK_SKEW_S) * 1000)) {
        throw new RunnerError("call_token_replayed", "This handshake was used before.");
      }
      const key = await unwrap(claims.key, options.runnerKey);
      const expiresAt = claims.exp * 1000;
      // The oldest sessions go first; a gateway whose session is gone shakes hands again.
      if (sessions.size >= MAX_SESSIONS) sessions.delete(sessions.keys().next().value ?? "");
      sessions.delete(claims.kid);
      sessions.set(claims.kid, {
        kid: claims.kid,
        issuer: claims.iss,
        sign: createHmacSigner(key),
        expiresAt,
      });
      return { kid: claims.kid, expires_at: new Date(expiresAt).toISOString() };
    },
    find(kid) {
      const session = sessions.get(kid);
      if (session === undefined) return null;
      if (session.expiresAt > options.now()) return session;
      sessions.delete(kid);
      return null;
    },
  };
}

async function verifyHandshake(
  token: string,
  { gatewayKey, now, notBeforeS }: { gatewayKey: CryptoKey; now: () => number; notBeforeS: number },
): Promise<HandshakeClaims> {
  let payload: Partial<HandshakeClaims>;
  try {
    const verified = await jwtVerify<HandshakeClaims>(token, gatewayKey, {
      algorithms: ["EdDSA"],
      typ: HANDSHAKE_TYP,
      audience: RUNNER_AUDIENCE,
      requiredClaims: ["iss", "kid", "key", "jti", "iat", "exp"],
      clockTolerance: CLOCK_SKEW_S,
      currentDate: new Date(now()),
    });
    payload = verified.payload;
  } catch (cause) {
    const expired = (cause as { code?: unknown }).code === "ERR_JWT_EXPIRED";
    throw new RunnerError(
      expired ? "call_token_expired" : "call_token_invalid",
      "The handshake token is not valid.",
      { cause },
    );
  }
  const { iss, kid, key, jti, iat, exp } = payload;
  const wellFormed =
    typeof iss === "string" &&
    typeof kid === "string" &&
    kid.length <= 200 &&
    typeof key === "string" &&
    typeof jti === "string" &&
    typeof iat === "number" &&
    typeof exp === "number" &&
    exp - iat <= SESSION_KEY_MAX_AGE_S;
  if (!wellFormed)
    throw new RunnerError("call_token_invalid", "The handshake token lacks a claim or lives too long.");
  if (iat < notBeforeS)
    throw new RunnerError("call_token_expired", "The handshake was made before this runner started.", {
      retryable: true,
    });
  // A token from the future would outlive a restart.
  if (iat > now() / 1000 + CLOCK_SKEW_S)
    throw new RunnerError("call_token_invalid", "The handshake's times are impossible.");
  return { iss, kid, key, jti, iat, exp, aud: RUNNER_AUDIENCE };
}

async function unwrap(jwe: string, runnerKey: CryptoKey): Promise<Uint8Array> {
  try {
    const { plaintext } = await compactDecrypt(jwe, runnerKey, {
      keyManagementAlgorithms: ["ECDH-ES"],
      contentEncryptionAlgorithms: ["A256GCM"],
    });
    if (plaintext.length !== KEY_BYTES) throw new TypeError("session key has a wrong length");
    return plaintext;
  } catch (cause) {
    throw new RunnerError("call_token_invalid", "The session key is not sealed to this runner.", { cause });
  }
}
