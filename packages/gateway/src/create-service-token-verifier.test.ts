import { SignJWT, exportSPKI, generateKeyPair } from "jose";
import { SERVICE_TOKEN_TYP } from "@alga-ext/protocol";
import { describe, expect, test } from "vitest";
import { createServiceTokenVerifier } from "./create-service-token-verifier.ts";

const secret = new Uint8Array(32).fill(3);
const NOW_S = 1_000_000;
const EMPTY = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";
const claims = {
  iss: "alga-ext-runner",
  aud: "psa",
  sub: "install",
  tenant: "acme",
  ext: "ext",
  version: null,
  method: "GET",
  path: "/api/tickets?x=1",
  bh: EMPTY,
  user: null,
  jti: "one",
  iat: NOW_S,
  exp: NOW_S + 30,
};

async function tokenWith(
  changed: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
  key = secret,
) {
  return await new SignJWT({ ...claims, ...changed })
    .setProtectedHeader({ alg: "HS256", typ: SERVICE_TOKEN_TYP, ...header })
    .sign(key);
}

const asking = (token: string, url = "https://host.example/api/tickets?x=1", method = "GET") =>
  new Request(url, { method, headers: { authorization: `Bearer ${token}` } });

async function verifierAt(nowS = NOW_S) {
  return await createServiceTokenVerifier({
    audience: "psa",
    key: { alg: "HS256", secret },
    clock: () => nowS * 1000,
  });
}

describe("createServiceTokenVerifier", () => {
  test("says who stands behind a request, once", async () => {
    const services = await verifierAt();
    const token = await tokenWith();
    expect(await services.verify(asking(token))).toEqual(claims);
    expect(await services.verify(asking(token))).toBeNull();
    const body = new TextEncoder().encode("{}");
    const bh = "RBNvo1WzZ4oRRq0W9-hknpT7T8If536DEMBg9hyq_4o";
    const post = asking(await tokenWith({ jti: "two", method: "POST", bh }), undefined, "POST");
    expect(await services.verify(post, body)).toMatchObject({ jti: "two" });
  });

  test.each<[string, () => Promise<Request>]>([
    ["no token", async () => new Request("https://host.example/")],
    ["nonsense", async () => asking("a.b.c")],
    ["another audience", async () => asking(await tokenWith({ aud: "other" }))],
    ["another method", async () => asking(await tokenWith(), undefined, "DELETE")],
    ["another path", async () => asking(await tokenWith(), "https://host.example/api/users?x=1")],
    ["another query", async () => asking(await tokenWith(), "https://host.example/api/tickets?x=2")],
    ["another body", async () => asking(await tokenWith({ bh: "x" }))],
    ["a long life", async () => asking(await tokenWith({ exp: NOW_S + 61 }))],
    ["no id", async () => asking(await tokenWith({ jti: undefined }))],
    ["another kind of token", async () => asking(await tokenWith({}, { typ: "ext-exec+jwt" }))],
    ["another secret", async () => asking(await tokenWith({}, {}, new Uint8Array(32).fill(4)))],
  ])("refuses %s", async (_name, request) => {
    expect(await (await verifierAt()).verify(await request())).toBeNull();
  });

  test("refuses one that is over or not yet there", async () => {
    const token = await tokenWith();
    expect(await (await verifierAt(NOW_S + 36)).verify(asking(token))).toBeNull();
    expect(await (await verifierAt(NOW_S + 34)).verify(asking(token))).not.toBeNull();
  });

  test("takes a runner's Ed25519 key, and nothing signed with the public half as a secret", async () => {
    const { publicKey, privateKey } = await generateKeyPair("EdDSA", { extractable: true });
    const publicKeyPem = await exportSPKI(publicKey);
    const services = await createServiceTokenVerifier({
      audience: "psa",
      key: { alg: "EdDSA", publicKeyPem },
      clock: () => NOW_S * 1000,
    });
    const signed = await new SignJWT(claims)
      .setProtectedHeader({ alg: "EdDSA", typ: SERVICE_TOKEN_TYP })
      .sign(privateKey);
    expect(await services.verify(asking(signed))).not.toBeNull();
    const forged = await tokenWith({ jti: "forged" }, {}, new TextEncoder().encode(publicKeyPem));
    expect(await services.verify(asking(forged))).toBeNull();
    const none = { alg: "EdDSA", publicKeyPem: "nonsense" } as const;
    await expect(createServiceTokenVerifier({ audience: "psa", key: none })).rejects.toThrow(TypeError);
  });
});
