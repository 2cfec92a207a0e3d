import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import {
  exportJWK,
  exportSPKI,
  generateKeyPair,
  importJWK,
  SignJWT,
  UnsecuredJWT,
  type JWTPayload,
} from "jose";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createOidcPublisher } from "./create-oidc-publisher.ts";
import type { OidcIssuer, OidcRule } from "./oidc-options.ts";

const ISSUER = "https://ci.example";
const AUDIENCE = "https://registry.example";
const RULE: OidcRule = {
  publisher: "Acme",
  claims: { repository: "acme/ext", ref: ["refs/heads/main", "refs/heads/release"] },
};
const now = Date.parse("2026-03-01T12:00:00Z");
const seconds = Math.floor(now / 1000);

let server: Server;
let jwksUri = "";
let served = 0;
const rsa = await generateKeyPair("RS256", { extractable: true });
const ec = await generateKeyPair("ES256");
const other = await generateKeyPair("RS256");
const jwk = async (key: CryptoKey, kid: string) => ({ ...(await exportJWK(key)), kid });
const keys = [await jwk(rsa.publicKey, "one"), await jwk(ec.publicKey, "two")];

beforeAll(async () => {
  server = createServer((_, response) => {
    served++;
    response.setHeader("content-type", "application/json").end(JSON.stringify({ keys }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  jwksUri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
});
afterAll(() => {
  server.close();
});

let refused: string[] = [];
beforeEach(() => {
  refused = [];
});

const publisher = (changed: Partial<OidcIssuer> = {}) =>
  createOidcPublisher({
    issuers: [{ issuer: ISSUER, jwks: { keys }, audience: AUDIENCE, rules: [RULE], ...changed }],
    onRefused: ({ code }) => refused.push(code),
    clock: () => now,
  });

const CLAIMS: JWTPayload = {
  iss: ISSUER,
  aud: AUDIENCE,
  sub: "repo:acme/ext:ref:refs/heads/main",
  iat: seconds - 5,
  nbf: seconds - 5,
  exp: seconds + 300,
  repository: "acme/ext",
  ref: "refs/heads/main",
};
let counter = 0;
const claims = (changed: Record<string, unknown> = {}): JWTPayload => ({
  ...CLAIMS,
  jti: `jti-${counter++}`,
  ...changed,
});
const token = (payload: JWTPayload, header: object = {}, key: CryptoKey = rsa.privateKey) =>
  new SignJWT(payload).setProtectedHeader({ alg: "RS256", kid: "one", typ: "JWT", ...header }).sign(key);
const bearer = (text: string) =>
  new Request("http://localhost/", { headers: { authorization: `Bearer ${text}` } });

test("a CI job publishes as the publisher of the rule it fits, and may do nothing else", async () => {
  expect(await publisher()(bearer(await token(claims())))).toEqual({
    tenantId: "publisher:acme",
    userId: `oidc:${ISSUER}#repo:acme/ext:ref:refs/heads/main`,
    userType: "service",
    email: "",
    name: "acme (trusted publishing)",
    permissions: ["extension:publish"],
    publishers: ["acme"],
  });
  const onBranch = await token(
    claims({ ref: "refs/heads/release" }),
    { alg: "ES256", kid: "two" },
    ec.privateKey,
  );
  const rules = [{ ...RULE, tenantId: "builds" }];
  expect(await publisher({ rules })(bearer(onBranch))).toMatchObject({ tenantId: "builds" });
  expect(refused).toEqual([]);
});

test("keys are fetched from the issuer's own address, once, and not again for every unknown key", async () => {
  served = 0;
  const { jwks: _, ...issuer } = { jwks: null, issuer: ISSUER, audience: AUDIENCE, rules: [RULE] };
  const authenticate = createOidcPublisher({ issuers: [{ ...issuer, jwksUri }], clock: () => now });
  expect(await authenticate(bearer(await token(claims())))).not.toBeNull();
  for (const kid of ["x", "y", "z"]) {
    expect(await authenticate(bearer(await token(claims(), { kid }, other.privateKey)))).toBeNull();
  }
  expect(await authenticate(bearer(await token(claims())))).not.toBeNull();
  expect(served).toBe(1);
});

test("an issuer that cannot be reached lets nobody in", async () => {
  const issuer = { issuer: ISSUER, audience: AUDIENCE, rules: [RULE], jwksUri: "http://127.0.0.1:1/jwks" };
  const authenticate = createOidcPublisher({
    issuers: [issuer],
    clock: () => now,
    onRefused: ({ code }) => refused.push(code),
  });
  expect(await authenticate(bearer(await token(claims())))).toBeNull();
  expect(refused).toHaveLength(1);
});

const unsigned = () => new UnsecuredJWT(claims()).encode();
const hmacWithPublicKey = async () =>
  new SignJWT(claims())
    .setProtectedHeader({ alg: "HS256", kid: "one" })
    .sign(new TextEncoder().encode(await exportSPKI(rsa.publicKey)));
const ownKeyInHeader = async () =>
  token(claims(), { kid: "three", jwk: await exportJWK(other.publicKey) }, other.privateKey);
const withRs512 = async () =>
  token(claims(), { alg: "RS512" }, (await importJWK(await exportJWK(rsa.privateKey), "RS512")) as CryptoKey);
const tampered = async () => {
  const [header = "", , signature = ""] = (await token(claims({ repository: "evil/ext" }))).split(".");
  return `${header}.${Buffer.from(JSON.stringify(claims())).toString("base64url")}.${signature}`;
};

test.each<readonly [string, string, () => string | Promise<string>]>([
  ["algorithm_not_allowed", "no signature", unsigned],
  ["algorithm_not_allowed", "the public key as a shared secret", hmacWithPublicKey],
  ["bad_signature", "another key", () => token(claims(), {}, other.privateKey)],
  ["unknown_key", "its own key in the header", ownKeyInHeader],
  [
    "unknown_key",
    "an address of keys in the header",
    () => token(claims(), { jku: jwksUri, kid: "x" }, other.privateKey),
  ],
  [
    "unknown_key",
    "an address of certificates in the header",
    () => token(claims(), { x5u: jwksUri, kid: "x" }, other.privateKey),
  ],
  ["algorithm_not_allowed", "an algorithm that is not taken", withRs512],
  ["bad_signature", "claims changed after signing", tampered],
  ["claim_invalid", "another audience", () => token(claims({ aud: "https://other.example" }))],
  [
    "several_audiences",
    "an audience beside ours",
    () => token(claims({ aud: [AUDIENCE, "https://other.example"] })),
  ],
  ["claim_invalid", "no audience", () => token(claims({ aud: undefined }))],
  ["expired", "expired", () => token(claims({ exp: seconds - 31 }))],
  ["claim_invalid", "no expiry", () => token(claims({ exp: undefined }))],
  ["claim_invalid", "not valid yet", () => token(claims({ nbf: seconds + 31 }))],
  ["claim_invalid", "issued in the future", () => token(claims({ iat: seconds + 31 }))],
  [
    "expired",
    "old, whatever its expiry says",
    () => token(claims({ iat: seconds - 700, exp: seconds + 9999 })),
  ],
  ["claim_invalid", "no time of issue", () => token(claims({ iat: undefined }))],
  ["claim_invalid", "no id", () => token(claims({ jti: undefined }))],
  ["claim_invalid", "no subject", () => token(claims({ sub: undefined }))],
  ["claim_invalid", "control characters in the subject", () => token(claims({ sub: "a\0b" }))],
  ["no_rule", "another repository", () => token(claims({ repository: "acme/ext2" }))],
  ["no_rule", "another case", () => token(claims({ repository: "Acme/ext" }))],
  ["no_rule", "a look-alike letter", () => token(claims({ repository: "\u0430cme/ext" }))],
  ["no_rule", "a full-width letter", () => token(claims({ repository: "\uff41cme/ext" }))],
  ["no_rule", "a trailing space", () => token(claims({ repository: "acme/ext " }))],
  ["no_rule", "an invisible letter", () => token(claims({ repository: "acme/\u200bext" }))],
  ["no_rule", "a list that holds the value", () => token(claims({ repository: ["acme/ext"] }))],
  ["no_rule", "another branch", () => token(claims({ ref: "refs/pull/1/merge" }))],
  ["no_rule", "a missing claim", () => token(claims({ ref: undefined }))],
])("%s: %s", async (code, _, make) => {
  expect(await publisher()(bearer(await make()))).toBeNull();
  expect(refused).toEqual([code]);
});

test("a token is good once", async () => {
  const authenticate = publisher();
  const text = await token(claims());
  const answers = await Promise.all([1, 2, 3].map(() => authenticate(bearer(text))));
  expect(answers.filter((one) => one !== null)).toHaveLength(1);
  expect(refused).toEqual(["token_replayed", "token_replayed"]);
});

test("credentials of others are left to others", async () => {
  const authenticate = publisher();
  const foreign = await token(claims({ iss: "https://other.example" }));
  for (const authorization of [
    "",
    "Basic eDp5",
    "Bearer alga_x",
    `Bearer ${foreign}`,
    "Bearer a.b.c",
    "Bearer ..",
  ]) {
    expect(
      await authenticate(new Request("http://localhost/", { headers: { authorization } })),
    ).toBeUndefined();
  }
  const huge = await token(claims({ padding: "x".repeat(20_000) }));
  expect(await authenticate(bearer(huge))).toBeUndefined();
  expect(refused).toEqual([]);
});

test.each<readonly [string, Partial<OidcIssuer>]>([
  ["a rule without claims", { rules: [{ publisher: "acme", claims: {} }] }],
  ["a rule with an empty claim", { rules: [{ publisher: "acme", claims: { repository: "" } }] }],
  ["a rule with an empty list", { rules: [{ publisher: "acme", claims: { repository: [] } }] }],
  ["a rule without publisher", { rules: [{ publisher: "", claims: { a: "b" } }] }],
  ["no rule", { rules: [] }],
  ["a symmetric algorithm", { algorithms: ["HS256"] }],
  ["no signature", { algorithms: ["none"] }],
  ["no algorithm", { algorithms: [] }],
  ["no audience", { audience: "" }],
  ["no age", { maxAgeMs: 0 }],
  ["two sources of keys", { jwksUri: "https://ci.example/jwks" }],
])("a mistake of the host: %s", (_, changed) => {
  expect(() => publisher(changed)).toThrow(TypeError);
});

test("keys come by https, or from this machine", () => {
  const make = (address: string) => () =>
    createOidcPublisher({
      issuers: [{ issuer: ISSUER, audience: AUDIENCE, rules: [RULE], jwksUri: address }],
    });
  expect(make("http://ci.example/jwks")).toThrow(TypeError);
  expect(make("ftp://127.0.0.1/jwks")).toThrow(TypeError);
  expect(make("http://127.0.0.1:9/jwks")).not.toThrow();
  expect(make("https://ci.example/jwks")).not.toThrow();
  expect(() => createOidcPublisher({ issuers: [] })).toThrow(TypeError);
});
