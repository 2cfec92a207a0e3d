import { importPKCS8 } from "jose";
import { describe, expect, it } from "vitest";
import { generateKeys, seal } from "../../test-support/test-runner.ts";
import { NO_SECRETS, openSecrets } from "./open-secrets.ts";

const keys = generateKeys();
const key = await importPKCS8(keys.runnerPrivateKeyPem, "ECDH-ES");

describe("openSecrets", () => {
  it("opens a sealed map and keeps its expiry", async () => {
    const envelope = {
      ...(await seal({ a: "1" }, keys.runnerPublicKeyPem)),
      expires_at: "2030-01-01T00:00:00Z",
    };
    const box = await openSecrets(envelope, key);
    expect([...box.values]).toEqual([["a", "1"]]);
    expect(box.expiresAt).toBe(Date.parse("2030-01-01T00:00:00Z"));
  });

  it("treats an unreadable expiry as passed, and nothing as nothing", async () => {
    const envelope = { ...(await seal({ a: "1" }, keys.runnerPublicKeyPem)), expires_at: "soon" };
    expect((await openSecrets(envelope, key)).expiresAt).toBe(0);
    expect(await openSecrets(undefined, key)).toBe(NO_SECRETS);
    expect(await openSecrets({ ciphertext_b64: "" }, key)).toBe(NO_SECRETS);
  });

  it("refuses other algorithms, other runners and altered text", async () => {
    const good = await seal({ a: "1" }, keys.runnerPublicKeyPem);
    const foreign = await seal({ a: "1" }, generateKeys().runnerPublicKeyPem);
    for (const envelope of [
      { ...good, algorithm: "inline/base64" },
      { ciphertext_b64: good.ciphertext_b64 },
      foreign,
      { ...good, ciphertext_b64: "AAAA" },
    ]) {
      await expect(openSecrets(envelope, key)).rejects.toMatchObject({ code: "secret_decrypt_failed" });
    }
  });
});
