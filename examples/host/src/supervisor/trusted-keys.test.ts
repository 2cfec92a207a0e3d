import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseTrustBundle } from "@alga-ext/bundle";
import { generateSigningKey } from "@alga-ext/bundle/node";
import { afterEach, beforeEach, expect, test } from "vitest";
import { followTrustedKeys, type TrustedKeys } from "./trusted-keys.ts";

let keysDir: string;
let trusted: TrustedKeys;
let said: string[];
let own: Awaited<ReturnType<typeof generateSigningKey>>;

beforeEach(async () => {
  keysDir = await mkdtemp(join(tmpdir(), "alga-trusted-"));
  own = await generateSigningKey();
  said = [];
  trusted = await followTrustedKeys({ keysDir, ownPem: own.publicKeyPem, say: (line) => said.push(line) });
});
afterEach(async () => {
  trusted.close();
  await rm(keysDir, { recursive: true, force: true });
});

async function keyIds(): Promise<string[]> {
  const policy = await parseTrustBundle(await readFile(trusted.file, "utf8"));
  return [...policy.keys.keys()];
}

test("an author's public key counts from when it is there until it is gone", async () => {
  expect(await keyIds()).toEqual([own.keyId]);
  expect(await trusted.refresh()).toBe(false);
  const author = await generateSigningKey();
  await writeFile(join(keysDir, "trusted", "author.pem"), author.publicKeyPem);
  expect(await trusted.refresh()).toBe(true);
  expect(await keyIds()).toEqual([own.keyId, author.keyId]);
  await rm(join(keysDir, "trusted", "author.pem"));
  await trusted.refresh();
  expect(await keyIds()).toEqual([own.keyId]);
});

test("what is no public key is named once and trusted never", async () => {
  const author = await generateSigningKey();
  await writeFile(join(keysDir, "trusted", "secret.pem"), author.privateKeyPem);
  await writeFile(join(keysDir, "trusted", "empty.pem"), "");
  await writeFile(join(keysDir, "trusted", "notes.txt"), author.publicKeyPem);
  expect(await trusted.refresh()).toBe(false);
  expect(await trusted.refresh()).toBe(false);
  expect(said.filter((line) => line.includes("empty.pem"))).toHaveLength(1);
  expect(said.filter((line) => line.includes("secret.pem"))).toHaveLength(1);
  expect(await keyIds()).toEqual([own.keyId]);
});
