import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startFakeVault, type FakeVault } from "../testing/kit/fake-vault.ts";
import { createVaultTransitKeys, type VaultTransitOptions } from "./vault-transit-keys.ts";

let vault: FakeVault;
beforeEach(async () => {
  vault = await startFakeVault();
});
afterEach(() => vault.close());

const open = (changed: Partial<VaultTransitOptions> = {}) =>
  createVaultTransitKeys({ address: vault.address, token: () => vault.token, key: "kek", ...changed });
const away = { code: "key_provider_unavailable", status: 503, retryable: true };

/** Everything an error says, its causes included. */
async function textOf(promise: Promise<unknown>): Promise<string> {
  const parts: string[] = [];
  const error: unknown = await promise.catch((reason: unknown) => reason);
  for (let at = error; at instanceof Error; at = at.cause) parts.push(String(at.stack), JSON.stringify(at));
  expect(parts).not.toEqual([]);
  return parts.join("\n");
}

test("asks the paths of its mount, in its namespace", async () => {
  await open({ namespace: "team/a" }).wrap(randomBytes(32), "c");
  expect(vault.requests).toEqual([{ path: "/v1/transit/encrypt/kek", namespace: "team/a" }]);
  const deep = await startFakeVault({ mount: "team/transit" });
  const keys = open({ address: `${deep.address}/`, token: () => deep.token, mount: "team/transit" });
  expect((await keys.wrap(randomBytes(32), "c")).keyId).toBe("vault:team/transit/kek:v1");
  await deep.close();
});

test.each([403, 429, 500, 503])("status %i counts as away, also for reading", async (status) => {
  const wrapped = await open().wrap(randomBytes(32), "c");
  vault.fail(status);
  await expect(open().wrap(randomBytes(32), "c")).rejects.toMatchObject(away);
  await expect(open().unwrap(wrapped, "c")).rejects.toMatchObject(away);
  await expect(open().rewrap(wrapped, "c")).rejects.toMatchObject(away);
});

test("a Vault that does not answer is given up in time", async () => {
  vault.hang(true);
  await expect(open({ timeoutMs: 50 }).wrap(randomBytes(32), "c")).rejects.toMatchObject(away);
});

test("a Vault that is not there, a token that cannot be had and another mount count as away", async () => {
  const token = async () => Promise.reject(new Error("no token file"));
  await expect(open({ token }).wrap(randomBytes(32), "c")).rejects.toMatchObject(away);
  await expect(open({ mount: "other" }).wrap(randomBytes(32), "c")).rejects.toMatchObject(away);
  await expect(open({ address: "http://127.0.0.1:1" }).wrap(randomBytes(32), "c")).rejects.toMatchObject(
    away,
  );
});

test.each(["", "{", "null", '{"data":null}', '{"data":{}}', '{"data":{"plaintext":7}}', "x".repeat(70_000)])(
  "an answer that is none counts as away (%#)",
  async (text) => {
    const fetch = async () => new Response(text);
    await expect(open({ fetch }).wrap(randomBytes(32), "c")).rejects.toMatchObject(away);
    const wrapped = { wrapped: "vault:v1:AAAA", keyId: "vault:transit/kek:v1" };
    await expect(open({ fetch }).unwrap(wrapped, "c")).rejects.toMatchObject(away);
  },
);

test("no error names the token or the data key", async () => {
  const dataKey = randomBytes(32);
  const wrapped = await open().wrap(dataKey, "c");
  vault.fail(503);
  const broken = async () => new Response(`{"data":{"plaintext":"${dataKey.toString("base64")}"`);
  const texts = await Promise.all([
    textOf(open().wrap(dataKey, "c")),
    textOf(open().unwrap(wrapped, "d")),
    textOf(open({ fetch: broken }).unwrap(wrapped, "c")),
    textOf(open({ address: "http://127.0.0.1:1" }).wrap(dataKey, "c")),
  ]);
  for (const text of texts) {
    expect(text).not.toContain(vault.token);
    expect(text).not.toContain(dataKey.toString("base64"));
  }
});

test("the token never follows a redirect", async () => {
  const seen: RequestRedirect[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    seen.push(init?.redirect ?? "follow");
    return globalThis.fetch(input, init);
  };
  await open({ fetch }).wrap(randomBytes(32), "c");
  expect(seen).toEqual(["error"]);
});

test.each([
  { key: "a/b" },
  { key: "../sys" },
  { key: "" },
  { mount: "a//b" },
  { mount: ".." },
  { address: "nowhere" },
])("refuses malformed options %o", (changed) => {
  expect(() => open(changed)).toThrow(TypeError);
});
