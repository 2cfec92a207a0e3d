import { chmod, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { addFileKey, createFileKeyProvider, dropOldFileKeys } from "./file-keys.ts";

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
  for (const [provider, one, context] of [
    [keys, wrapped, "globex"],
    [keys, altered, "acme"],
    [keys, { ...wrapped, keyId: "0".repeat(16) }, "acme"],
    [others, wrapped, "acme"],
    [keys, { ...wrapped, wrapped: "" }, "acme"],
  ] as const) {
    await expect(provider.unwrap(one, context)).rejects.toMatchObject({ code: "secret_unreadable" });
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

test("a key that is added holds at once in other providers, and dropping the old ones ends them", async () => {
  const path = join(dir, "kek");
  const [one, other] = [createFileKeyProvider(path), createFileKeyProvider(path)];
  const before = await one.wrap(dataKey, "acme");
  const { keyId } = await addFileKey(path);
  expect((await other.wrap(dataKey, "acme")).keyId).toBe(keyId);
  expect(await other.rewrap(before, "acme")).toMatchObject({ keyId });
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await dropOldFileKeys(path)).toEqual({ keyId });
  await expect(one.unwrap(before, "acme")).rejects.toMatchObject({ code: "secret_unreadable" });
  expect(await readdir(dir)).toEqual(["kek"]);
});

test("of rotations at once one runs, and no key is lost", async () => {
  const path = join(dir, "kek");
  const keys = createFileKeyProvider(path);
  const before = await keys.wrap(dataKey, "acme");
  const rotations = await Promise.allSettled(Array.from({ length: 8 }, () => addFileKey(path)));
  const done = rotations.filter(({ status }) => status === "fulfilled").length;
  expect(done).toBeGreaterThan(0);
  expect((await stat(path)).size).toBe(32 * (1 + done));
  expect(Buffer.from(await keys.unwrap(before, "acme"))).toEqual(Buffer.from(dataKey));
});

test("a rotation needs a key file that is one, and leaves it as it was otherwise", async () => {
  const path = join(dir, "kek");
  await expect(addFileKey(path)).rejects.toMatchObject({ code: "secret_unreadable" });
  await createFileKeyProvider(path).wrap(dataKey, "acme");
  await truncate(path, 31);
  await expect(addFileKey(path)).rejects.toMatchObject({ code: "secret_unreadable" });
  expect((await stat(path)).size).toBe(31);
  await truncate(path, 32);
  await chmod(path, 0o640);
  await expect(addFileKey(path)).rejects.toMatchObject({ code: "key_file_exposed" });
  await chmod(path, 0o600);
  await writeFile(`${path}.new`, "");
  await expect(addFileKey(path)).rejects.toMatchObject({ code: "secret_unreadable" });
  expect((await readdir(dir)).sort()).toEqual(["kek", "kek.new"]);
});

test("a key file that vanished is not replaced by a new one", async () => {
  const path = join(dir, "kek");
  const keys = createFileKeyProvider(path);
  const wrapped = await keys.wrap(dataKey, "acme");
  await rm(path);
  const gone = { code: "secret_unreadable" };
  await expect(keys.wrap(dataKey, "acme")).rejects.toMatchObject(gone);
  await expect(keys.unwrap(wrapped, "acme")).rejects.toMatchObject(gone);
  await expect(createFileKeyProvider(path).unwrap(wrapped, "acme")).rejects.toMatchObject(gone);
  expect(await readdir(dir)).toEqual([]);
});
