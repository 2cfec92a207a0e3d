import { LRUCache } from "lru-cache";
import { importSPKI, jwtVerify } from "jose";
import { SERVICE_TOKEN_MAX_AGE_S, SERVICE_TOKEN_TYP, type ServiceClaims } from "@alga-ext/protocol";

/** Says which extension, tenant and person stand behind a request that the runner makes to the host application. */
export interface ServiceTokenVerifier {
  /**
   * Check the service token of a request (`authorization: Bearer …`) and that it is for this method, path and body.
   *
   * @param body - the raw body, when there is one
   * @returns null for a request without a valid token, or with one that was used before
   */
  verify(request: Request, body?: Uint8Array<ArrayBuffer> | null): Promise<ServiceClaims | null>;
}

/** Options of {@link createServiceTokenVerifier}. */
export interface ServiceTokenVerifierOptions {
  /** This host application, as the runner was told. */
  readonly audience: string;
  /** The secret shared with the runner, or the public half of its Ed25519 key. */
  readonly key:
    | { readonly alg: "HS256"; readonly secret: Uint8Array }
    | { readonly alg: "EdDSA"; readonly publicKeyPem: string };
  /** Milliseconds since the epoch. @default Date.now */
  readonly clock?: () => number;
}

const SKEW_S = 5;
/** More requests than one runner makes in the life of a token. */
const MAX_REMEMBERED = 50_000;

/**
 * Create a verifier of service tokens, for the routes that extensions may call through `ui-proxy`.
 *
 * @throws {TypeError} when the key is not what it should be
 *
 * @example
 * const caller = await services.verify(request);
 * if (caller === null) return new Response(null, { status: 401 });
 * return Response.json(await ticketsOf(caller.tenant));
 */
export async function createServiceTokenVerifier(
  options: ServiceTokenVerifierOptions,
): Promise<ServiceTokenVerifier> {
  const { key, audience, clock = Date.now } = options;
  const verifyKey =
    key.alg === "HS256"
      ? key.secret
      : await importSPKI(key.publicKeyPem, "EdDSA").catch((cause: unknown) => {
          throw new TypeError("Expected an Ed25519 SPKI key, PEM.", { cause });
        });
  const used = new LRUCache<string, true>({
    max: MAX_REMEMBERED,
    ttl: (SERVICE_TOKEN_MAX_AGE_S + SKEW_S) * 1000,
  });
  return {
    async verify(request, body) {
      const token = /^Bearer ([A-Za-z0-9_.-]+)$/.exec(request.headers.get("authorization") ?? "")?.[1];
      if (token === undefined) return null;
      const claims = await jwtVerify<ServiceClaims>(token, verifyKey, {
        algorithms: [key.alg],
        typ: SERVICE_TOKEN_TYP,
        audience,
        requiredClaims: ["iss", "sub", "tenant", "ext", "method", "path", "bh", "jti", "iat", "exp"],
        clockTolerance: SKEW_S,
        currentDate: new Date(clock()),
      }).then(
        ({ payload }) => payload,
        () => null,
      );
      if (claims === null || claims.exp - claims.iat > SERVICE_TOKEN_MAX_AGE_S) return null;
      const { pathname, search } = new URL(request.url);
      if (claims.method !== request.method || claims.path !== `${pathname}${search}`) return null;
      if (claims.bh !== (await digestOf(body ?? new Uint8Array()))) return null;
      if (used.has(claims.jti)) return null;
      used.set(claims.jti, true);
      return claims;
    },
  };
}

async function digestOf(body: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", body));
  return btoa(String.fromCharCode(...digest))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
}
