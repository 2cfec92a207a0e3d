import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { codeOf } from "../../test-support/refusal.ts";
import { createTrustFiles, type TrustFiles } from "./create-trust-files.ts";
import { generateSigningKey } from "./generate-signing-key.ts";

let directory: string;
let files: TrustFiles | null = null;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "alga-trust-"));
});
afterEach(async () => {
  files?.close();
  files = null;
  await rm(directory, { recursive: true, force: true });
});

const put = async (name: string, text: string): Promise<string> => {
  const path = join(directory, name);
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
  return path;
};
const documentOf = (version: number, fields: object = {}): string =>
  JSON.stringify({ version, expires: "2999-01-01T00:00:00Z", ...fields });

describe("createTrustFiles", () => {
  test("follows both files, and tells who listens", async () => {
    const [one, two] = [await generateSigningKey(), await generateSigningKey()];
    const bundle = await put("trust.pem", one.publicKeyPem);
    const document = await put("trust.json", documentOf(1));
    const onChange = vi.fn();
    files = await createTrustFiles({ bundle, document, pollMs: 3_600_000 });
    const stop = files.onChange(onChange);
    expect(files.current.document?.version).toBe(1);
    expect(await files.refresh()).toBe(false);

    await put("trust.json", documentOf(2));
    expect(await files.refresh()).toBe(true);
    expect(files.current.document?.version).toBe(2);
    await put("trust.pem", one.publicKeyPem + two.publicKeyPem);
    expect(await files.refresh()).toBe(true);
    expect([...files.current.keys.keys()]).toEqual([one.keyId, two.keyId]);
    expect(onChange).toHaveBeenCalledTimes(2);
    stop();
    await put("trust.json", documentOf(3));
    await files.refresh();
    expect(onChange).toHaveBeenCalledTimes(2);
  });

  test("looks by itself", async () => {
    const { publicKeyPem } = await generateSigningKey();
    const document = await put("trust.json", documentOf(1));
    files = await createTrustFiles({ bundle: publicKeyPem, document, pollMs: 5 });
    const changed = new Promise<void>((resolve) => files?.onChange(resolve));
    await put("trust.json", documentOf(2));
    await changed;
    expect(files.current.document?.version).toBe(2);
  });

  test("keeps the last good policy, and says why", async () => {
    const { publicKeyPem } = await generateSigningKey();
    const bundle = await put("trust.pem", publicKeyPem);
    const document = await put("trust.json", documentOf(5));
    const refused: unknown[] = [];
    files = await createTrustFiles({
      bundle,
      document,
      pollMs: 3_600_000,
      onRefused: (error) => refused.push(error),
    });
    const good = files.current;
    for (const text of [documentOf(4), documentOf(6, { expires: "2020-01-01T00:00:00Z" }), '{"version":']) {
      await put("trust.json", text);
      expect(await files.refresh()).toBe(false);
      expect(files.current).toBe(good);
    }
    expect(refused).toMatchObject([
      { code: "trust_version_not_newer" },
      { code: "trust_expired" },
      { code: "invalid_trust_document" },
    ]);
    await rm(document);
    expect(await files.refresh()).toBe(false);
    expect(refused).toHaveLength(4);
    await put("trust.json", documentOf(6));
    expect(await files.refresh()).toBe(true);
    expect(files.current.document?.version).toBe(6);
  });

  test("takes text as well as paths, and refuses what is wrong at once", async () => {
    const { publicKeyPem } = await generateSigningKey();
    files = await createTrustFiles({ bundle: publicKeyPem, document: documentOf(7) });
    expect(files.current.document?.version).toBe(7);
    expect(await files.refresh()).toBe(false);
    expect(await codeOf(() => createTrustFiles({ bundle: publicKeyPem, document: documentOf(0) }))).toBe(
      "invalid_trust_document",
    );
    await expect(createTrustFiles({ bundle: join(directory, "none.pem") })).rejects.toMatchObject({
      code: "ENOENT",
    });
  });
});
