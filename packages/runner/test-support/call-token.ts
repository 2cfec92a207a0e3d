import { createHash, createHmac, randomBytes, randomUUID } from "node:crypto";
import { CompactEncrypt, importPKCS8, importSPKI, SignJWT } from "jose";
import {
  CALL_TOKEN_TYP,
  HANDSHAKE_TYP,
  RUNNER_AUDIENCE,
  type CallClaims,
  type ExecuteRequest,
  type HandshakeClaims,
} from "@alga-ext/protocol";

/** The gateway's side of D8, spelled out for tests. */
export interface TestGateway {
  readonly kid: string;
  readonly key: Uint8Array;
  handshakeToken(
    overrides?: Partial<HandshakeClaims>,
    protectedHeader?: Record<string, unknown>,
  ): Promise<string>;
  /** `POST /v1/execute` with a token for exactly this body; overrides spoil claims, header or key. */
  request(
    body: ExecuteRequest,
    spoil?: {
      claims?: Partial<CallClaims>;
      header?: object;
      key?: Uint8Array;
      headers?: Record<string, string>;
      raw?: string;
    },
  ): Request;
}

/** Make a gateway with one session key. */
export function createTestGateway(keys: {
  gatewayPrivateKeyPem: string;
  runnerPublicKeyPem: string;
}): TestGateway {
  const kid = randomUUID();
  const key = randomBytes(32);
  return {
    kid,
    key,
    async handshakeToken(overrides = {}, protectedHeader = {}) {
      const now = Math.floor(Date.now() / 1000);
      const sealed = await new CompactEncrypt(key)
        .setProtectedHeader({ alg: "ECDH-ES", enc: "A256GCM" })
        .encrypt(await importSPKI(keys.runnerPublicKeyPem, "ECDH-ES"));
      const claims = {
        iss: "gw-1",
        aud: RUNNER_AUDIENCE,
        kid,
        key: sealed,
        jti: randomUUID(),
        iat: now,
        exp: now + 300,
        ...overrides,
      };
      return await new SignJWT(claims)
        .setProtectedHeader({ alg: "EdDSA", typ: HANDSHAKE_TYP, ...protectedHeader })
        .sign(await importPKCS8(keys.gatewayPrivateKeyPem, "EdDSA"));
    },
    request(body, spoil = {}) {
      const raw = JSON.stringify(body);
      const now = Math.floor(Date.now() / 1000);
      const claims: CallClaims = {
        iss: "gw-1",
        aud: RUNNER_AUDIENCE,
        sub: body.context.install_id ?? "",
        tenant: body.context.tenant_id,
        ext: body.context.extension_id,
        hash: body.context.content_hash,
        method: body.http.method,
        path: body.http.path,
        bh: createHash("sha256").update(raw).digest("base64url"),
        jti: randomUUID(),
        iat: now,
        exp: now + 30,
        deadline: now + 30,
        ...spoil.claims,
      };
      const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
      const signed = `${encode(spoil.header ?? { alg: "HS256", typ: CALL_TOKEN_TYP, kid })}.${encode(claims)}`;
      const signature = createHmac("sha256", spoil.key ?? key)
        .update(signed)
        .digest("base64url");
      return new Request("http://runner/v1/execute", {
        method: "POST",
        headers: {
          "content-type": "application/json",
          authorization: `Bearer ${signed}.${signature}`,
          "x-alga-tenant": body.context.tenant_id,
          "x-alga-extension": body.context.extension_id,
          ...spoil.headers,
        },
        body: spoil.raw ?? raw,
      });
    },
  };
}
