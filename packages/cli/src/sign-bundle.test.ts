import { copyFile, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseTrustBundle, verify } from "@alga-ext/bundle";
import { pack, readBundle } from "@alga-ext/bundle/node";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { generateKey } from "./generate-key.ts";
import { signBundle } from "./sign-bundle.ts";
import { createWorkFolder, MANIFEST, type WorkFolder } from "../test-support/work-folder.ts";

let work: WorkFolder;
beforeEach(async () => {
  work = await createWorkFolder();
});
afterEach(async () => {
  await work.remove();
});

describe("generateKey and signBundle", () => {
  test("sign so that who trusts the public key can verify", async () => {
    const file = await work.packed();
    const key = await generateKey({ file: join(work.dir, "key.pem") });
    expect((await stat(key.privateKeyFile)).mode & 0o777).toBe(0o600);
    const signed = await signBundle({ file, privateKeyFile: key.privateKeyFile });
    expect(signed.keyId).toBe(key.keyId);

    const second = await generateKey({ file: join(work.dir, "second.pem") });
    await signBundle({ file, privateKeyFile: second.privateKeyFile, add: true });
    const trust = await parseTrustBundle(
      (await readFile(key.publicKeyFile, "utf8")) + (await readFile(second.publicKeyFile, "utf8")),
    );
    const bundle = await readBundle(await readFile(file));
    const { keyIds, statement } = await verify(bundle, await readFile(signed.signatureFile, "utf8"), trust);
    expect(keyIds.toSorted()).toEqual([key.keyId, second.keyId].toSorted());
    expect(statement).toMatchObject({
      publisher: "tests",
      name: "packed",
      version: "1.2.*",
      capabilities: ["cap:storage.kv"],
    });
  });

  test("never overwrite a key", async () => {
    await work.write({ "key.pem": "precious" });
    await expect(generateKey({ file: join(work.dir, "key.pem") })).rejects.toMatchObject({
      code: "file_unusable",
    });
    expect(await readFile(join(work.dir, "key.pem"), "utf8")).toBe("precious");
  });

  test("refuse what is no key, no archive, or not there", async () => {
    const file = await work.packed();
    await work.write({ "bad.pem": "nonsense", "bad.tar.zst": "nonsense" });
    const { privateKeyFile } = await generateKey({ file: join(work.dir, "key.pem") });
    await expect(signBundle({ file, privateKeyFile: join(work.dir, "bad.pem") })).rejects.toMatchObject({
      code: "invalid_key",
    });
    await expect(signBundle({ file: join(work.dir, "bad.tar.zst"), privateKeyFile })).rejects.toMatchObject({
      code: "bad_compression",
    });
    await expect(signBundle({ file: join(work.dir, "none"), privateKeyFile })).rejects.toMatchObject({
      code: "file_unusable",
    });
    await expect(signBundle({ file, privateKeyFile, add: true })).rejects.toMatchObject({
      code: "file_unusable",
    });
  });

  test("a second signer signs only what is about this archive", async () => {
    const file = await work.packed();
    const key = await generateKey({ file: join(work.dir, "key.pem") });
    await signBundle({ file, privateKeyFile: key.privateKeyFile });
    const other = join(work.dir, "other.tar.zst");
    await writeFile(other, (await pack({ "manifest.json": Buffer.from(MANIFEST) })).archive);
    await copyFile(`${file}.jws`, `${other}.jws`);
    const before = await readFile(`${other}.jws`, "utf8");
    await expect(
      signBundle({ file: other, privateKeyFile: key.privateKeyFile, add: true }),
    ).rejects.toMatchObject({ code: "statement_mismatch" });
    expect(await readFile(`${other}.jws`, "utf8")).toBe(before);
  });
});
