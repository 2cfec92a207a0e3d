import { LRUCache } from "lru-cache";
import { CompactEncrypt, compactVerify, decodeProtectedHeader, importPKCS8, importSPKI, SignJWT } from "jose";
import {
  CALL_TOKEN_TYP,
  HANDSHAKE_TYP,
  RUNNER_AUDIENCE,
  SESSION_KEY_MAX_AGE_S,
  type CallClaims,
} from "@alga-ext/protocol";
import { GatewayError } from "./errors.ts";
import { SKEW_S, toCallClaims, toSessionSecret, type SessionSecret } from "./internal/call-claims.ts";
import type { CallAuthority } from "./ports.ts";

/** Options of {@link createCallAuthority}. */
export interface CallAuthorityOptions {
  /** Names this gateway in its tokens. */
  readonly issuer: string;
  /** Ed25519 private key, PKCS#8 PEM; gateways that share it accept each other's tokens. */
  readonly privateKeyPem: string;
  /** The runners' X25519 public key, SPKI PEM. */
  readonly runnerPublicKeyPem: string;
  /** Milliseconds since the epoch. @default Date.now */
  readonly clock?: () => number;
}

/** Renewing at four fifths leaves a minute for a runner that is slow to answer. */
const RENEW_AFTER_S = SESSION_KEY_MAX_AGE_S * 0.8;
/** No call may run longer than this; bounds what a leaked session key is good for. */
const MAX_CALL_S = 15 * 60;
const KID = /^(\d{1,12})\.[0-9a-f]{32}$/;

/**
 * Create the default {@link CallAuthority}: an EdDSA handshake that seals a session key to the runner, then HS256 tokens
 * under that key.
 *
 * Session keys are derived from the private key and the `kid`, so nothing has to be remembered: any gateway with the
 * same key can check a token that comes back, also after a restart.
 *
 * @throws {TypeError} when a key is not what it should be.
 */
export async function createCallAuthority(options: CallAuthorityOptions): Promise<CallAuthority> {
  const { issuer, clock = Date.now } = options;
  const secret = toSessionSecret(options.privateKeyPem);
  const [signingKey, runnerKey, master] = await Promise.all([
    importPKCS8(options.privateKeyPem, "EdDSA"),
    importSPKI(options.runnerPublicKeyPem, "ECDH-ES"),
    crypto.subtle.importKey("raw", secret.master, "HKDF", false, ["deriveBits"]),
  ]).catch((cause: unknown) => {
    throw new TypeError("Expected an Ed25519 PKCS#8 and an X25519 SPKI key, both PEM.", { cause });
  });
  const keys = new LRUCache<string, Promise<SessionKey>>({ max: 64 });
  const keyFor = (kid: string): Promise<SessionKey> => {
    let key = keys.get(kid);
    if (key === undefined) keys.set(kid, (key = deriveSessionKey(master, kid, secret)));
    return key;
  };
  const nowS = (): number => Math.floor(clock() / 1000);

  return {
    async handshake() {
      const iat = nowS();
      const exp = iat + SESSION_KEY_MAX_AGE_S;
      const random = crypto.getRandomValues(new Uint8Array(16));
      const kid = `${iat}.${[...random].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
      const key = await new CompactEncrypt((await keyFor(kid)).bytes)
        .setProtectedHeader({ alg: "ECDH-ES", enc: "A256GCM" })
        .encrypt(runnerKey);
      const token = await new SignJWT({
        iss: issuer,
        aud: RUNNER_AUDIENCE,
        kid,
        key,
        jti: crypto.randomUUID(),
        iat,
        exp,
      })
        .setProtectedHeader({ alg: "EdDSA", typ: HANDSHAKE_TYP })
        .sign(signingKey);
      return { kid, token, renewAtMs: (iat + RENEW_AFTER_S) * 1000, expiresAtMs: exp * 1000 };
    },

    async token(call, { kid }) {
      return new SignJWT({ ...toCallClaims(call, { issuer, nowS: nowS() }) })
        .setProtectedHeader({ alg: "HS256", typ: CALL_TOKEN_TYP, kid })
        .sign((await keyFor(kid)).hmac);
    },

    async verify(token, { now = clock() } = {}) {
      const kid = kidOf(token);
      const { hmac } = await keyFor(kid);
      const { payload } = await compactVerify(token, hmac, { algorithms: ["HS256"] }).catch(
        (cause: unknown) => {
          throw new GatewayError("call_token_invalid", "The call token's signature is wrong.", { cause });
        },
      );
      const claims = parseClaims(payload);
      const openedS = Number(kid.split(".", 1)[0]);
      const seconds = Math.floor(now / 1000);
      // A key signs only within its session, and a call has an end: a token cannot be made to last.
      const isInSession =
        claims.iat >= openedS - SKEW_S && claims.iat <= openedS + SESSION_KEY_MAX_AGE_S + SKEW_S;
      if (claims.iss !== issuer || claims.aud !== RUNNER_AUDIENCE || !isInSession) {
        throw new GatewayError("call_token_invalid", "The call token is not for this gateway.");
      }
      if (claims.iat > seconds + SKEW_S || claims.deadline > claims.iat + MAX_CALL_S) {
        throw new GatewayError("call_token_invalid", "The call token's times make no sense.");
      }
      if (seconds > claims.deadline) throw new GatewayError("call_token_expired", "The call is over.");
      return claims;
    },
  };
}

interface SessionKey {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly hmac: CryptoKey;
}

async function deriveSessionKey(
  master: CryptoKey,
  kid: string,
  { salt, infoOf }: SessionSecret,
): Promise<SessionKey> {
  const bits = await crypto.subtle.deriveBits(
    { name: "HKDF", hash: "SHA-256", salt, info: infoOf(kid) },
    master,
    256,
  );
  const bytes = new Uint8Array(bits);
  const hmac = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, [
    "sign",
    "verify",
  ]);
  return { bytes, hmac };
}

function kidOf(token: string): string {
  let header: { typ?: unknown; kid?: unknown };
  try {
    header = decodeProtectedHeader(token);
  } catch (cause) {
    throw new GatewayError("call_token_invalid", "The call token is malformed.", { cause });
  }
  if (header.typ !== CALL_TOKEN_TYP)
    throw new GatewayError("call_token_invalid", "This is not a call token.");
  if (typeof header.kid !== "string" || !KID.test(header.kid)) {
    throw new GatewayError("call_token_unknown_key", "The call token names no key of this gateway.");
  }
  return header.kid;
}

const TEXT = ["iss", "aud", "sub", "tenant", "ext", "hash", "method", "path", "bh", "jti"] as const;
const TIMES = ["iat", "exp", "deadline"] as const;

function parseClaims(payload: Uint8Array): CallClaims {
  const claims = JSON.parse(new TextDecoder().decode(payload)) as Readonly<Record<string, unknown>>;
  const isComplete =
    TEXT.every((name) => typeof claims[name] === "string") &&
    TIMES.every((name) => Number.isInteger(claims[name]));
  if (!isComplete) throw new GatewayError("call_token_invalid", "The call token lacks claims.");
  return claims as unknown as CallClaims;
}
