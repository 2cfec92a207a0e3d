import { chmod, mkdtemp, readFile, rm, stat, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createFileKeyProvider } from "./file-keys.ts";

let dir = "";
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "ext-keys-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const dataKey = Uint8Array.from({ length: 32 }, (_, index) => index);

test("makes a private file once, and opens what it wrapped after a restart", async () => {
  const path = join(dir, "deep", "kek");
  const providers = Array.from({ length: 8 }, () => createFileKeyProvider(path));
  const wrapped = await Promise.all(providers.map((keys) => keys.wrap(dataKey, "acme")));
  expect(new Set(wrapped.map(({ keyId }) => keyId)).size).toBe(1);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  const restarted = createFileKeyProvider(path);
  for (const one of wrapped) {
    expect(Buffer.from(await restarted.unwrap(one, "acme"))).toEqual(Buffer.from(dataKey));
    expect(one.wrapped).not.toContain((await readFile(path)).toString("base64").slice(0, 40));
  }
});

test("opens only under the same context, key and text", async () => {
  const keys = createFileKeyProvider(join(dir, "kek"));
  const wrapped = await keys.wrap(dataKey, "acme");
  const altered = { ...wrapped, wrapped: `AAAA${wrapped.wrapped.slice(4)}` };
  const others = createFileKeyProvider(join(dir, "other"));
  await others.wrap(dataKey, "acme");
  for (const attempt of [
    keys.unwrap(wrapped, "globex"),
    keys.unwrap(altered, "acme"),
    keys.unwrap({ ...wrapped, keyId: "0".repeat(16) }, "acme"),
    others.unwrap(wrapped, "acme"),
    keys.unwrap({ ...wrapped, wrapped: "" }, "acme"),
  ]) {
    await expect(attempt).rejects.toMatchObject({ code: "secret_unreadable" });
  }
});

test("refuses a file that others may read, or that is not a key", async () => {
  const path = join(dir, "kek");
  await createFileKeyProvider(path).wrap(dataKey, "acme");
  await chmod(path, 0o644);
  await expect(createFileKeyProvider(path).wrap(dataKey, "acme")).rejects.toMatchObject({
    code: "key_file_exposed",
  });
  await chmod(path, 0o600);
  await truncate(path, 16);
  await expect(createFileKeyProvider(path).wrap(dataKey, "acme")).rejects.toMatchObject({
    code: "secret_unreadable",
  });
});
