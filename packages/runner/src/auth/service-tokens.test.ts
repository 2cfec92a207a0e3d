import { createHash, generateKeyPairSync } from "node:crypto";
import { jwtVerify } from "jose";
import { SERVICE_TOKEN_MAX_AGE_S, SERVICE_TOKEN_TYP, type ServiceClaims } from "@alga-ext/protocol";
import { describe, expect, it } from "vitest";
import { sessionWith } from "../../test-support/broker.ts";
import { createServiceTokens } from "./service-tokens.ts";

const { scope } = sessionWith({ scope: { versionId: "v" } });
const secret = new Uint8Array(32).fill(7);
const user = { user_id: "u", user_email: "e", user_name: "n", user_type: "client", client_id: "c" };
const request = { method: "POST", path: "/api/x?y", body: Buffer.from("{}"), user };

describe("createServiceTokens", () => {
  it("says who calls what for whom, for half a minute, to one audience", async () => {
    const tokens = await createServiceTokens({
      audience: "acme-psa",
      key: { alg: "HS256", secret },
      clock: () => 1_000_000,
    });
    const token = await tokens.mint(scope, request);
    const { payload, protectedHeader } = await jwtVerify<ServiceClaims>(token, secret, {
      algorithms: ["HS256"],
      audience: "acme-psa",
      typ: SERVICE_TOKEN_TYP,
      currentDate: new Date(1_010_000),
    });
    expect(payload).toEqual({
      iss: "alga-ext-runner",
      aud: "acme-psa",
      sub: "install-1",
      tenant: "acme",
      ext: "ext",
      version: "v",
      method: "POST",
      path: "/api/x?y",
      bh: createHash("sha256").update("{}").digest("base64url"),
      user: { id: "u", email: "e", name: "n", type: "client", client: "c" },
      jti: expect.any(String),
      iat: 1_000,
      exp: 1_030,
    });
    expect(payload.exp - payload.iat).toBeLessThanOrEqual(SERVICE_TOKEN_MAX_AGE_S);
    expect(protectedHeader.alg).toBe("HS256");
    expect(await tokens.mint(scope, request)).not.toBe(token);
  });

  it("signs with an Ed25519 key", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    const privateKeyPem = privateKey.export({ type: "pkcs8", format: "pem" }) as string;
    const tokens = await createServiceTokens({
      audience: "a",
      key: { alg: "EdDSA", privateKeyPem, kid: "one" },
    });
    const token = await tokens.mint(scope, { ...request, body: null, user: null });
    const { payload, protectedHeader } = await jwtVerify<ServiceClaims>(token, publicKey, {
      algorithms: ["EdDSA"],
    });
    expect([payload.user, protectedHeader.kid]).toEqual([null, "one"]);
  });

  it("takes no short secret and no other key", async () => {
    const short = { alg: "HS256", secret: new Uint8Array(31) } as const;
    await expect(createServiceTokens({ audience: "a", key: short })).rejects.toThrow(TypeError);
    const none = { alg: "EdDSA", privateKeyPem: "nonsense" } as const;
    await expect(createServiceTokens({ audience: "a", key: none })).rejects.toThrow(TypeError);
  });
});
