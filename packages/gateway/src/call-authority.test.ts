import {
  compactDecrypt,
  decodeJwt,
  decodeProtectedHeader,
  importPKCS8,
  importSPKI,
  jwtVerify,
  SignJWT,
} from "jose";
import {
  CALL_TOKEN_MAX_AGE_S,
  CALL_TOKEN_TYP,
  HANDSHAKE_TYP,
  RUNNER_AUDIENCE,
  SESSION_KEY_MAX_AGE_S,
  type CallClaims,
} from "@alga-ext/protocol";
import { beforeAll, describe, expect, test } from "vitest";
import { createCallAuthority } from "./call-authority.ts";
import type { CallAuthority, CallTokenInput } from "./ports.ts";
import { generateCallKeys, type CallKeys } from "./testing/call-keys.ts";

const START_S = 1_800_000_000;
const call: CallTokenInput = {
  sub: "install-1",
  tenant: "acme",
  ext: "reg-1",
  hash: `sha256:${"a".repeat(64)}`,
  method: "POST",
  path: "/agreements",
  bh: "body-hash",
  timeoutMs: 30_000,
};

let keys: CallKeys;
let nowS = START_S;
let authority: CallAuthority;

const create = (overrides: Partial<{ issuer: string; privateKeyPem: string }> = {}): Promise<CallAuthority> =>
  createCallAuthority({
    issuer: "gateway-1",
    privateKeyPem: keys.gatewayPrivatePem,
    runnerPublicKeyPem: keys.runnerPublicPem,
    clock: () => nowS * 1000,
    ...overrides,
  });

beforeAll(async () => {
  keys = await generateCallKeys();
  authority = await create();
});

async function open(): Promise<{ kid: string; key: Uint8Array; token: string }> {
  nowS = START_S;
  const { kid, token } = await authority.handshake();
  const { key: sealed } = decodeJwt<{ key: string }>(token);
  const { plaintext } = await compactDecrypt(sealed, await importPKCS8(keys.runnerPrivatePem, "ECDH-ES"));
  return { kid, key: plaintext, token };
}

function forge(
  claims: Readonly<Record<string, unknown>>,
  key: Uint8Array,
  header: { kid?: string; typ?: string },
): Promise<string> {
  const base = { iss: "gateway-1", aud: RUNNER_AUDIENCE, jti: "j", iat: START_S, exp: START_S + 30 };
  const { timeoutMs: _, ...fields } = call;
  return new SignJWT({ ...fields, ...base, deadline: START_S + 35, ...claims })
    .setProtectedHeader({ alg: "HS256", typ: CALL_TOKEN_TYP, ...header })
    .sign(key);
}

describe("handshake", () => {
  test("is an EdDSA token that seals 32 bytes to the runner", async () => {
    const { kid, key, token } = await open();
    const { payload, protectedHeader } = await jwtVerify(
      token,
      await importSPKI(keys.gatewayPublicPem, "EdDSA"),
      {
        algorithms: ["EdDSA"],
        audience: RUNNER_AUDIENCE,
        issuer: "gateway-1",
        typ: HANDSHAKE_TYP,
        currentDate: new Date(START_S * 1000),
      },
    );
    expect(key).toHaveLength(32);
    expect(protectedHeader.alg).toBe("EdDSA");
    expect(payload).toMatchObject({ kid, iat: START_S, exp: START_S + SESSION_KEY_MAX_AGE_S });
    expect(decodeProtectedHeader(String(payload["key"]))).toMatchObject({ alg: "ECDH-ES", enc: "A256GCM" });
  });

  test("is due again before the key ends", async () => {
    nowS = START_S;
    const { renewAtMs, expiresAtMs } = await authority.handshake();
    expect(expiresAtMs).toBe((START_S + SESSION_KEY_MAX_AGE_S) * 1000);
    expect(renewAtMs).toBeLessThan(expiresAtMs);
    expect(renewAtMs).toBeGreaterThan(START_S * 1000);
  });

  test("every session has its own key", async () => {
    const [a, b] = [await open(), await open()];
    expect(a.kid).not.toBe(b.kid);
    expect(a.key).not.toEqual(b.key);
  });

  test("keys of another kind are a TypeError", async () => {
    await expect(create({ privateKeyPem: keys.runnerPublicPem })).rejects.toThrow(TypeError);
  });
});

describe("token", () => {
  test("is HS256 under the session key, with all claims", async () => {
    const { kid, key } = await open();
    const token = await authority.token(call, { kid });
    const { payload, protectedHeader } = await jwtVerify<CallClaims>(token, key, {
      algorithms: ["HS256"],
      currentDate: new Date(START_S * 1000),
    });
    const { timeoutMs: _, ...claims } = call;
    expect(protectedHeader).toMatchObject({ alg: "HS256", typ: CALL_TOKEN_TYP, kid });
    expect(payload).toMatchObject({ ...claims, iss: "gateway-1", aud: RUNNER_AUDIENCE, iat: START_S });
    expect(payload.exp).toBe(START_S + CALL_TOKEN_MAX_AGE_S);
    expect(payload.deadline).toBeGreaterThanOrEqual(START_S + 30);
  });

  test("no two have the same jti", async () => {
    const { kid } = await open();
    const ids = await Promise.all(
      Array.from({ length: 20 }, async () => decodeJwt(await authority.token(call, { kid })).jti),
    );
    expect(new Set(ids).size).toBe(20);
  });
});

describe("verify", () => {
  test("holds until the deadline, past the admission time", async () => {
    const { kid } = await open();
    const token = await authority.token({ ...call, timeoutMs: 120_000 }, { kid });
    nowS = START_S + 100;
    expect(await authority.verify(token)).toMatchObject({ sub: "install-1", tenant: "acme" });
    nowS = START_S + 200;
    await expect(authority.verify(token)).rejects.toMatchObject({ code: "call_token_expired" });
  });

  test("takes the time from its options", async () => {
    const { kid } = await open();
    const token = await authority.token(call, { kid });
    await expect(authority.verify(token, { now: (START_S + 3600) * 1000 })).rejects.toMatchObject({
      code: "call_token_expired",
    });
  });

  test("keeps knowing the previous session's key, also after a restart", async () => {
    const { kid } = await open();
    const token = await authority.token(call, { kid });
    await authority.handshake();
    expect(await authority.verify(token)).toMatchObject({ sub: "install-1" });
    expect(await (await create()).verify(token)).toMatchObject({ sub: "install-1" });
  });

  const cases: [string, (session: { kid: string; key: Uint8Array }) => Promise<string>, string][] = [
    ["a wrong audience", ({ kid, key }) => forge({ aud: "other" }, key, { kid }), "invalid"],
    ["another issuer", ({ kid, key }) => forge({ iss: "gateway-2" }, key, { kid }), "invalid"],
    ["another typ", ({ kid, key }) => forge({}, key, { kid, typ: "JWT" }), "invalid"],
    ["no kid", ({ key }) => forge({}, key, {}), "unknown_key"],
    ["a kid that is none of ours", ({ key }) => forge({}, key, { kid: "nobody" }), "unknown_key"],
    [
      "a kid of another session",
      ({ key }) => forge({}, key, { kid: `${START_S}.${"0".repeat(32)}` }),
      "invalid",
    ],
    ["another key", ({ kid }) => forge({}, new Uint8Array(32), { kid }), "invalid"],
    ["an iat in the future", ({ kid, key }) => forge({ iat: START_S + 60 }, key, { kid }), "invalid"],
    ["a deadline without end", ({ kid, key }) => forge({ deadline: START_S + 1e6 }, key, { kid }), "invalid"],
    ["a missing claim", ({ kid, key }) => forge({ sub: undefined }, key, { kid }), "invalid"],
  ];
  test.each(cases)("refuses %s", async (_name, make, code) => {
    const session = await open();
    await expect(authority.verify(await make(session))).rejects.toMatchObject({ code: `call_token_${code}` });
  });

  test.each([-60, 400])("refuses what the session key signed %i s into its session", async (offsetS) => {
    const { kid, key } = await open();
    const iat = START_S + offsetS;
    const token = await forge({ iat, exp: iat + 30, deadline: iat + 35 }, key, { kid });
    await expect(authority.verify(token, { now: iat * 1000 })).rejects.toMatchObject({
      code: "call_token_invalid",
    });
  });

  test.each(["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.e30."])("refuses %j", async (text) => {
    await expect(authority.verify(text)).rejects.toMatchObject({ code: "call_token_invalid" });
  });

  test("refuses alg none and a changed payload", async () => {
    const { kid } = await open();
    const [header = "", payload = "", signature = ""] = (await authority.token(call, { kid })).split(".");
    const claims = JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/"))) as CallClaims;
    const b64 = (value: unknown): string => btoa(JSON.stringify(value)).replaceAll("=", "");
    const changed = `${header}.${b64({ ...claims, sub: "install-2" })}.${signature}`;
    const none = `${b64({ alg: "none", typ: CALL_TOKEN_TYP, kid })}.${payload}.`;
    await expect(authority.verify(changed)).rejects.toMatchObject({ code: "call_token_invalid" });
    await expect(authority.verify(none)).rejects.toMatchObject({ code: "call_token_invalid" });
  });

  test("refuses tokens of a gateway with another key", async () => {
    const { kid } = await open();
    const other = await create({ privateKeyPem: (await generateCallKeys()).gatewayPrivatePem });
    const token = await other.token(call, { kid });
    await expect(authority.verify(token)).rejects.toMatchObject({ code: "call_token_invalid" });
  });
});
