import { randomUUID } from "node:crypto";
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createFsBlobs } from "../adapters/fs-blobs.ts";
import { BLOB_STORE_CASES } from "./blobs.contract.ts";
import { createMemoryBlobs } from "./memory-blobs.ts";

describe("memory", () => {
  test.each(BLOB_STORE_CASES)("$name", ({ run }) => run(createMemoryBlobs()));
});

describe("filesystem", () => {
  let dir = "";
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "ext-blobs-"));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  test.each(BLOB_STORE_CASES)("$name", ({ run }) => run(createFsBlobs(join(dir, "blobs"))));

  test("no temporary file is left, whatever happened", async () => {
    const names = await readdir(dir, { recursive: true });
    expect(names.length).toBeGreaterThan(5);
    expect(names.filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  test("what a dead writer left is discarded once it is old, and nothing else", async () => {
    const root = join(dir, "unfinished");
    const blobs = createFsBlobs(root);
    await blobs.put("sha256/ab/x", Uint8Array.of(1));
    const temporary = join(root, "sha256", "ab", `.${randomUUID()}.tmp`);
    await writeFile(temporary, "half");
    expect(await blobs.list("")).toMatchObject({ blobs: [{ key: "sha256/ab/x" }] });
    const { mtimeMs } = await stat(temporary);
    expect(await blobs.discardUnfinished?.(mtimeMs)).toEqual({ count: 0, bytes: 0 });
    expect(await blobs.discardUnfinished?.(mtimeMs + 1)).toEqual({ count: 1, bytes: 4 });
    expect(await readdir(join(root, "sha256", "ab"))).toEqual(["x"]);
  });

  test("a key cannot leave the directory", async () => {
    await writeFile(join(dir, "outside"), "x");
    const blobs = createFsBlobs(join(dir, "blobs"));
    for (const key of [
      "../outside",
      "a/../../outside",
      "/etc/passwd",
      "a//b",
      "a/./b",
      ".hidden",
      "a\\b",
      "a\0b",
      "",
    ]) {
      await expect(blobs.get(key)).rejects.toThrow(TypeError);
      await expect(blobs.put(key, Uint8Array.of(1))).rejects.toThrow(TypeError);
      await expect(blobs.delete(key)).rejects.toThrow(TypeError);
    }
  });

  test("another store on the same directory sees what is there", async () => {
    await createFsBlobs(dir).put("sha256/cd/x.tar.zst", Uint8Array.of(1, 2));
    expect(await createFsBlobs(dir).stat("sha256/cd/x.tar.zst")).toEqual({ sizeBytes: 2 });
  });
});
