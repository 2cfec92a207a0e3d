import type { JSONWebKeySet } from "jose";

/** Which tokens of an issuer publish as whom; all claims must hold. */
export interface OidcRule {
  /** Publisher name; letter case is ignored. */
  readonly publisher: string;
  /**
   * Claims and the values they must have: exactly, letter by letter, or one of several. At least one.
   *
   * Prefer ids that are never given to anyone else, such as `repository_id`, and say which branch or environment:
   * without it every branch of the repository may publish, a fork's pull request perhaps too.
   */
  readonly claims: Readonly<Record<string, string | readonly string[]>>;
  /** Tenant that the uploads belong to. @default `publisher:<name>` */
  readonly tenantId?: string;
}

/** An issuer of identity tokens, such as a CI provider. */
export interface OidcIssuer {
  /** Value of `iss`, exactly. */
  readonly issuer: string;
  /** Where its keys are: https, or http on this machine. Give this or `jwks`. */
  readonly jwksUri?: string;
  /** Its keys themselves. */
  readonly jwks?: JSONWebKeySet;
  /** Value of `aud`: a name for this registry that tokens for others do not have. */
  readonly audience: string;
  /** Signature algorithms, asymmetric ones only. @default RS256 and ES256 */
  readonly algorithms?: readonly string[];
  /** Oldest token that is taken, whatever its expiry says, counted from `iat`. @default 600000 */
  readonly maxAgeMs?: number;
  /** The first rule that fits counts. */
  readonly rules: readonly OidcRule[];
}

/** Port: which single-use tokens were used. */
export interface UsedTokens {
  /**
   * Use a token up: true the first time, false ever after until it expires. Of several at once exactly one is first.
   *
   * A rejection refuses the token.
   */
  use(id: string, expiresAtMs: number): Promise<boolean>;
}

/** Why an identity token was refused; `verification_failed` is anything else, such as keys that cannot be fetched. */
export type OidcRefusal =
  | "algorithm_not_allowed"
  | "unknown_key"
  | "bad_signature"
  | "claim_invalid"
  | "expired"
  | "several_audiences"
  | "no_rule"
  | "token_replayed"
  | "verification_failed";

/** Options of {@link createOidcPublisher}. */
export interface OidcPublisherOptions {
  readonly issuers: readonly OidcIssuer[];
  /** @default in memory: give `registry.usedTokens` when several processes serve the same registry */
  readonly usedTokens?: UsedTokens;
  /** Told why a token was refused, for logs; the caller only sees a 401. */
  readonly onRefused?: (reason: {
    readonly code: OidcRefusal;
    readonly issuer: string;
    /** Which claim, where it is one. */
    readonly claim?: string;
  }) => void;
  /** Milliseconds since the epoch. @default Date.now */
  readonly clock?: () => number;
}
