import type { Principal } from "@alga-ext/protocol";
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  decodeJwt,
  jwtVerify,
  type JWTPayload,
  type JWTVerifyGetKey,
} from "jose";
import { JOSEError, JWTClaimValidationFailed } from "jose/errors";
import type { Authenticator } from "./authenticator.ts";
import { assertRule, findRule } from "./find-rule.ts";
import { createMemoryUsedTokens } from "./memory-used-tokens.ts";
import type { OidcIssuer, OidcPublisherOptions, OidcRefusal, OidcRule } from "./oidc-options.ts";

const ALGORITHMS = /^(?:RS|PS|ES)(?:256|384|512)$|^EdDSA$|^Ed25519$/;
const MAX_TOKEN_CHARS = 16_384;
/** How far the issuer's clock may be from ours. */
const TOLERANCE_S = 30;

const REASONS: Readonly<Record<string, OidcRefusal>> = {
  ERR_JOSE_ALG_NOT_ALLOWED: "algorithm_not_allowed",
  ERR_JWKS_NO_MATCHING_KEY: "unknown_key",
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: "bad_signature",
  ERR_JWT_CLAIM_VALIDATION_FAILED: "claim_invalid",
  ERR_JWT_EXPIRED: "expired",
};

/** Why a token with a good signature is refused all the same. */
class Refusal extends Error {
  readonly code: OidcRefusal;
  constructor(code: OidcRefusal) {
    super(code);
    this.code = code;
  }
}

/**
 * Authenticate a publisher by the identity token of its CI job (`authorization: Bearer`), without any stored secret.
 *
 * The token must be signed by a configured issuer's key, be for this registry, young, never used before, and fit a
 * rule; keys or their addresses in its header count for nothing. The principal may publish as the rule's publisher,
 * and say what is offered of it (yank, deprecate, channels), nothing else. Why a token is refused goes to `onRefused`, not to the caller.
 *
 * @throws {TypeError} at once on an issuer or rule that could not work or would let anyone in.
 */
export function createOidcPublisher(options: OidcPublisherOptions): Authenticator {
  const { clock = Date.now, onRefused } = options;
  const usedTokens = options.usedTokens ?? createMemoryUsedTokens(clock);
  const issuers = new Map(options.issuers.map((one) => [one.issuer, prepare(one)]));
  if (issuers.size === 0 || issuers.size < options.issuers.length) {
    throw new TypeError("Name at least one issuer, and each of them once.");
  }
  return async (request) => {
    const token = /^Bearer +([\w-]+\.[\w-]+\.[\w-]*)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
    if (token === undefined) return undefined;
    const issuer = issuers.get(issuerOf(token) ?? "");
    // Perhaps another authenticator knows it.
    if (issuer === undefined) return undefined;
    try {
      const { payload } = await jwtVerify(token, issuer.keys, {
        issuer: issuer.issuer,
        audience: issuer.audience,
        algorithms: [...issuer.algorithms],
        requiredClaims: ["exp", "iat", "sub", "jti"],
        maxTokenAge: issuer.maxAgeMs / 1000,
        clockTolerance: TOLERANCE_S,
        currentDate: new Date(clock()),
      });
      const { rule, subject, jti, expiresAtMs } = judge(payload, issuer);
      if (!(await usedTokens.use(`${issuer.issuer}\n${jti}`, expiresAtMs)))
        throw new Refusal("token_replayed");
      return toPrincipal(rule, `oidc:${issuer.issuer}#${subject}`);
    } catch (error) {
      onRefused?.({ issuer: issuer.issuer, ...toReason(error) });
      return null;
    }
  };
}

function toReason(error: unknown): { readonly code: OidcRefusal; readonly claim?: string } {
  if (error instanceof Refusal) return { code: error.code };
  const code = (error instanceof JOSEError ? REASONS[error.code] : undefined) ?? "verification_failed";
  return error instanceof JWTClaimValidationFailed ? { code, claim: error.claim } : { code };
}

interface PreparedIssuer extends Required<
  Pick<OidcIssuer, "issuer" | "audience" | "algorithms" | "maxAgeMs" | "rules">
> {
  readonly keys: JWTVerifyGetKey;
}

function prepare(given: OidcIssuer): PreparedIssuer {
  const {
    issuer,
    audience,
    algorithms = ["RS256", "ES256"],
    maxAgeMs = 600_000,
    rules,
    jwks,
    jwksUri,
  } = given;
  if (issuer === "" || audience === "") throw new TypeError("An issuer needs its name and an audience.");
  if (algorithms.length === 0 || !algorithms.every((one) => ALGORITHMS.test(one))) {
    throw new TypeError(`${issuer}: only asymmetric signature algorithms can be told from forgeries.`);
  }
  if (!(maxAgeMs > 0)) throw new TypeError(`${issuer}: maxAgeMs must be positive.`);
  if (rules.length === 0) throw new TypeError(`${issuer} has no rule, so none of its tokens could be used.`);
  for (const rule of rules) assertRule(rule);
  const base = { issuer, audience, algorithms: [...algorithms], maxAgeMs, rules: structuredClone(rules) };
  if (jwks !== undefined && jwksUri === undefined) return { ...base, keys: createLocalJWKSet(jwks) };
  if (jwks !== undefined || jwksUri === undefined)
    throw new TypeError(`${issuer} needs either jwks or jwksUri.`);
  const url = new URL(jwksUri);
  const isLocal = ["127.0.0.1", "[::1]", "localhost"].includes(url.hostname);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLocal)) {
    throw new TypeError(`${issuer}: keys fetched without https could be anyone's.`);
  }
  // A token with an unknown key id makes us ask again, but not more often than the cooldown.
  const remote = createRemoteJWKSet(url, {
    timeoutDuration: 5000,
    cooldownDuration: 30_000,
    cacheMaxAge: 600_000,
  });
  return { ...base, keys: remote };
}

function judge(payload: JWTPayload, issuer: PreparedIssuer) {
  const { sub = "", jti = "", exp = 0, aud } = payload;
  // For this registry alone: who else it is for could use it here.
  if ([aud].flat().length !== 1) throw new Refusal("several_audiences");
  for (const text of [sub, jti]) if (!/^[^\p{Cc}]{1,512}$/u.test(text)) throw new Refusal("claim_invalid");
  const rule = findRule(issuer.rules, payload);
  if (rule === undefined) throw new Refusal("no_rule");
  return { rule, subject: sub, jti, expiresAtMs: (exp + TOLERANCE_S) * 1000 };
}

function toPrincipal(rule: OidcRule, userId: string): Principal {
  const publisher = rule.publisher.toLowerCase();
  return {
    tenantId: rule.tenantId ?? `publisher:${publisher}`,
    userId,
    userType: "service",
    email: "",
    name: `${publisher} (trusted publishing)`,
    permissions: ["extension:publish"],
    publishers: [publisher],
  };
}

function issuerOf(token: string): string | null {
  if (token.length > MAX_TOKEN_CHARS) return null;
  try {
    return decodeJwt(token).iss ?? null;
  } catch {
    return null;
  }
}
