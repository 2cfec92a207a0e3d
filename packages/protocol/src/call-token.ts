/** `typ` header of the HS256 token that each `POST /v1/execute` carries as `authorization: Bearer …`. */
export const CALL_TOKEN_TYP = "ext-exec+jwt";
/** `typ` header of the EdDSA token that opens a session at `POST /v1/handshake`. */
export const HANDSHAKE_TYP = "ext-handshake+jwt";
/** `aud` of both tokens: the class of runners, not one process. @default used by gateway and runner */
export const RUNNER_AUDIENCE = "alga-ext-runner";
/** Longest life of a call token, in seconds. */
export const CALL_TOKEN_MAX_AGE_S = 30;
/** Life of a handshake session key, in seconds; the gateway renews before that. */
export const SESSION_KEY_MAX_AGE_S = 300;
/** Header by which the runner hands the call token back to the host on internal host-API routes. */
export const CALL_TOKEN_HEADER = "x-alga-call";

/** Claims of a call token: one call, one body, one install. */
export interface CallClaims {
  /** Gateway instance id. */
  readonly iss: string;
  readonly aud: typeof RUNNER_AUDIENCE;
  /** Install id. */
  readonly sub: string;
  readonly tenant: string;
  /** Registry id. */
  readonly ext: string;
  /** Content hash the gateway resolved. */
  readonly hash: string;
  /** HTTP method and path the guest will see. */
  readonly method: string;
  readonly path: string;
  /** base64url sha256 of the raw `POST /v1/execute` body. */
  readonly bh: string;
  /** Unique per call; the runner refuses it a second time. */
  readonly jti: string;
  /** Seconds since the epoch. */
  readonly iat: number;
  /** Seconds since the epoch; at most {@link CALL_TOKEN_MAX_AGE_S} after `iat`. Admission only. */
  readonly exp: number;
  /** Seconds since the epoch when the call itself must be over; host-API routes accept the token until then. */
  readonly deadline: number;
}

/**
 * Claims of the handshake token, signed EdDSA by the gateway's key.
 *
 * `key` is a compact JWE (`ECDH-ES`, `A256GCM`) to the runner's public key whose plaintext is the 32-byte HMAC
 * session key, so only the intended runner learns it.
 */
export interface HandshakeClaims {
  readonly iss: string;
  readonly aud: typeof RUNNER_AUDIENCE;
  /** `kid` that the session's call tokens will name. */
  readonly kid: string;
  readonly key: string;
  readonly jti: string;
  readonly iat: number;
  /** At most {@link SESSION_KEY_MAX_AGE_S} after `iat`; the session key dies then. */
  readonly exp: number;
}

/** Body of `POST /v1/handshake`. */
export interface HandshakeRequest {
  readonly token: string;
}

/** Answer of `POST /v1/handshake`. */
export interface HandshakeResponse {
  readonly kid: string;
  /** RFC 3339 time when the runner forgets the key. */
  readonly expires_at: string;
}
