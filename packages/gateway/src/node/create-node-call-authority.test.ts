import { compactDecrypt, decodeJwt, decodeProtectedHeader, importPKCS8, jwtVerify } from "jose";
import { CALL_TOKEN_TYP, RUNNER_AUDIENCE } from "@alga-ext/protocol";
import { beforeAll, describe, expect, test } from "vitest";
import { createCallAuthority, type CallAuthorityOptions } from "../call-authority.ts";
import type { CallAuthority, CallTokenInput } from "../ports.ts";
import { generateCallKeys, type CallKeys } from "../testing/call-keys.ts";
import { createNodeCallAuthority } from "./create-node-call-authority.ts";

const START_S = 1_800_000_000;
const call: CallTokenInput = {
  sub: "install-1",
  tenant: "acme",
  ext: "reg-1",
  hash: `sha256:${"a".repeat(64)}`,
  method: "POST",
  path: "/Größe?x=✓",
  bh: "body-hash",
  timeoutMs: 30_000,
};
let keys: CallKeys;
let options: CallAuthorityOptions;
let authority: CallAuthority;

beforeAll(async () => {
  keys = await generateCallKeys();
  options = {
    issuer: "gateway-1",
    privateKeyPem: keys.gatewayPrivatePem,
    runnerPublicKeyPem: keys.runnerPublicPem,
    clock: () => START_S * 1000,
  };
  authority = await createNodeCallAuthority(options);
});

describe("createNodeCallAuthority", () => {
  test("signs with the key that its handshake seals to the runner", async () => {
    const { kid, token: handshake } = await authority.handshake();
    const sealed = decodeJwt<{ key: string }>(handshake).key;
    const { plaintext } = await compactDecrypt(sealed, await importPKCS8(keys.runnerPrivatePem, "ECDH-ES"));
    const token = await authority.token(call, { kid });
    const { payload } = await jwtVerify(token, plaintext, {
      algorithms: ["HS256"],
      typ: CALL_TOKEN_TYP,
      audience: RUNNER_AUDIENCE,
      issuer: "gateway-1",
      currentDate: new Date(START_S * 1000),
    });
    const { timeoutMs: _, ...claims } = call;
    expect(payload).toMatchObject({ ...claims, iat: START_S, exp: START_S + 30, deadline: START_S + 35 });
    expect(decodeProtectedHeader(token)).toEqual({ alg: "HS256", typ: CALL_TOKEN_TYP, kid });
  });

  test("makes each token once", async () => {
    const { kid } = await authority.handshake();
    const tokens = await Promise.all([authority.token(call, { kid }), authority.token(call, { kid })]);
    expect(new Set(tokens.map((token) => decodeJwt(token).jti)).size).toBe(2);
  });

  test("takes and is taken by the authority of any platform", async () => {
    const other = await createCallAuthority(options);
    const { kid } = await other.handshake();
    const [ours, theirs] = [await authority.token(call, { kid }), await other.token(call, { kid })];
    expect(Object.keys(decodeJwt(ours))).toEqual(Object.keys(decodeJwt(theirs)));
    expect(await other.verify(ours)).toMatchObject({ path: call.path });
    expect(await authority.verify(theirs)).toMatchObject({ path: call.path });
  });

  test("refuses keys that are none", async () => {
    await expect(createNodeCallAuthority({ ...options, privateKeyPem: "%%%" })).rejects.toThrow(TypeError);
    await expect(
      createNodeCallAuthority({ ...options, runnerPublicKeyPem: keys.gatewayPrivatePem }),
    ).rejects.toThrow(TypeError);
  });
});
