/** `typ` header of the token that the runner presents to the host application when an extension calls a route of it. */
export const SERVICE_TOKEN_TYP = "ext-service+jwt";
/** Longest life of a service token, in seconds. */
export const SERVICE_TOKEN_MAX_AGE_S = 60;

/**
 * Claims of a service token: one request of one extension to one route of the host application.
 *
 * Everything the host may believe about the request is in here; headers beside it are for logs.
 */
export interface ServiceClaims {
  /** Who made it: the runner. */
  readonly iss: string;
  /** The host application, as both sides configured it. */
  readonly aud: string;
  /** Install id. */
  readonly sub: string;
  readonly tenant: string;
  /** Registry id. */
  readonly ext: string;
  readonly version: string | null;
  readonly method: string;
  /** Path and query as requested. */
  readonly path: string;
  /** base64url sha256 of the body; of nothing when there is none. */
  readonly bh: string;
  /** On whose behalf; null for calls that no person made. */
  readonly user: ServiceUser | null;
  /** Unique per request. */
  readonly jti: string;
  /** Seconds since the epoch. */
  readonly iat: number;
  /** Seconds since the epoch; at most {@link SERVICE_TOKEN_MAX_AGE_S} after `iat`. */
  readonly exp: number;
}

/** The person on whose behalf an extension calls the host application. */
export interface ServiceUser {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly type: string;
  readonly client: string | null;
}
