import { createHash, randomUUID } from "node:crypto";
import { SignJWT, importPKCS8 } from "jose";
import {
  SERVICE_TOKEN_TYP,
  type ExecuteUser,
  type ServiceClaims,
  type ServiceUser,
} from "@alga-ext/protocol";
import type { CallScope } from "../ports.ts";

/** Makes the tokens by which the host application knows who is really calling. */
export interface ServiceTokens {
  /** A token for one request of one call; it lives 30 seconds. */
  mint(
    scope: CallScope,
    request: {
      readonly method: string;
      readonly path: string;
      readonly body: Uint8Array | null;
      readonly user: ExecuteUser | null;
    },
  ): Promise<string>;
}

/** Options of {@link createServiceTokens}. */
export interface ServiceTokensOptions {
  /** The host application, as it knows itself. */
  readonly audience: string;
  /** @default "alga-ext-runner" */
  readonly issuer?: string;
  /** A secret that the host shares (32 bytes or more), or an Ed25519 key whose public half it has. */
  readonly key:
    | { readonly alg: "HS256"; readonly secret: Uint8Array }
    | { readonly alg: "EdDSA"; readonly privateKeyPem: string; readonly kid?: string };
  /** Epoch milliseconds. @default Date.now */
  readonly clock?: () => number;
}

const LIFE_S = 30;
const MIN_SECRET_BYTES = 32;

/**
 * Create the maker of service tokens.
 *
 * @throws {TypeError} when the secret is shorter than 32 bytes or the key is none
 */
export async function createServiceTokens(options: ServiceTokensOptions): Promise<ServiceTokens> {
  const { key } = options;
  if (key.alg === "HS256" && key.secret.length < MIN_SECRET_BYTES)
    throw new TypeError(`The secret of service tokens needs ${MIN_SECRET_BYTES} bytes.`);
  const signingKey =
    key.alg === "HS256"
      ? key.secret
      : await importPKCS8(key.privateKeyPem, "EdDSA").catch((cause: unknown) => {
          throw new TypeError("The key of service tokens is no Ed25519 PKCS #8 PEM.", { cause });
        });
  const kid = key.alg === "EdDSA" ? key.kid : undefined;
  const now = options.clock ?? Date.now;
  return {
    async mint(scope, { method, path, body, user }) {
      const iat = Math.floor(now() / 1000);
      const claims: ServiceClaims = {
        iss: options.issuer ?? "alga-ext-runner",
        aud: options.audience,
        sub: scope.installId,
        tenant: scope.tenantId,
        ext: scope.extensionId,
        version: scope.versionId,
        method,
        path,
        bh: createHash("sha256")
          .update(body ?? new Uint8Array())
          .digest("base64url"),
        user: toServiceUser(user),
        jti: randomUUID(),
        iat,
        exp: iat + LIFE_S,
      };
      return await new SignJWT({ ...claims })
        .setProtectedHeader({ alg: key.alg, typ: SERVICE_TOKEN_TYP, ...(kid === undefined ? {} : { kid }) })
        .sign(signingKey);
    },
  };
}

function toServiceUser(user: ExecuteUser | null): ServiceUser | null {
  if (user === null) return null;
  return {
    id: user.user_id,
    email: user.user_email,
    name: user.user_name,
    type: user.user_type,
    client: user.client_id ?? null,
  };
}
