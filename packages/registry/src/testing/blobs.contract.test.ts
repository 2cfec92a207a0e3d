import { randomUUID } from "node:crypto";
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createFsBlobs } from "../adapters/fs-blobs.ts";
import { createS3Blobs } from "../adapters/s3-blobs.ts";
import { BLOB_STORE_CASES } from "./blobs.contract.ts";
import { FAKE_S3_REGION, startFakeS3, type FakeS3 } from "./kit/fake-s3.ts";
import { startS3rver } from "./kit/start-s3rver.ts";
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

describe("s3, with a store that honours put-if-absent and checks signatures", () => {
  let s3: FakeS3;
  beforeAll(async () => {
    s3 = await startFakeS3();
  });
  afterAll(() => s3.close());

  test.each(BLOB_STORE_CASES)("$name", ({ run }) =>
    run(createS3Blobs({ ...s3, region: FAKE_S3_REGION, credentials: () => s3.credentials })),
  );
  test.each(BLOB_STORE_CASES)("below a prefix: $name", ({ run }) =>
    run(createS3Blobs({ ...s3, region: FAKE_S3_REGION, credentials: () => s3.credentials, prefix: "a/b/" })),
  );
});

describe("s3, with a store that others wrote", () => {
  let s3: Awaited<ReturnType<typeof startS3rver>>;
  beforeAll(async () => {
    s3 = await startS3rver();
  });
  afterAll(() => s3.close());

  // It ignores `If-None-Match`, so of concurrent writers the last one wins there. And it lists in the order of
  // directories, and fails at second pages under a Node of today.
  const beyond = ["of concurrent puts", "list pages through"];
  const cases = BLOB_STORE_CASES.filter(({ name }) => !beyond.some((start) => name.startsWith(start)));
  test.each(cases)("$name", ({ run }) =>
    run(createS3Blobs({ ...s3, region: "us-east-1", credentials: () => s3.credentials })),
  );
});
