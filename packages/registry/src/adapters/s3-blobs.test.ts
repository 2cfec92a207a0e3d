import { createHash } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FAKE_S3_REGION, startFakeS3, type FakeS3, type S3Fault } from "../testing/kit/fake-s3.ts";
import { createS3Blobs, type S3BlobsOptions } from "./s3-blobs.ts";

const MIB = 1024 * 1024;
const KEY = "sha256/ab/x.tar.zst";
const away = { code: "blob_store_unavailable", status: 503, retryable: true };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

let s3: FakeS3;
beforeEach(async () => {
  s3 = await startFakeS3();
});
afterEach(() => s3.close());

const open = (changed: Partial<S3BlobsOptions> = {}) =>
  createS3Blobs({
    endpoint: s3.endpoint,
    bucket: s3.bucket,
    region: FAKE_S3_REGION,
    credentials: () => s3.credentials,
    partBytes: 5 * MIB,
    ...changed,
  });

/** The nth requests that match go wrong. */
function failing(fault: S3Fault, matches: (line: string) => boolean, times = Number.POSITIVE_INFINITY): void {
  let left = times;
  s3.onRequest(({ method, path, query }) => {
    if (left <= 0 || !matches(`${method} ${path}?${query.toString()}`)) return null;
    left -= 1;
    return fault;
  });
}

async function* repeated(chunk: Uint8Array, times: number): AsyncGenerator<Uint8Array> {
  for (let index = 0; index < times; index += 1) yield chunk;
}

async function collect(stream: AsyncIterable<Uint8Array> | null): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream ?? []) chunks.push(chunk);
  return Buffer.concat(chunks);
}

test("200 MiB go through in parts, never whole in memory", { timeout: 120_000 }, async () => {
  const chunk = new Uint8Array(MIB).fill(7);
  const digest = createHash("sha256");
  for (let index = 0; index < 200; index += 1) digest.update(chunk);
  const sizeBytes = 200 * MIB;
  const outcome = await open({ partBytes: 8 * MIB }).put(KEY, repeated(chunk, 200), { maxBytes: sizeBytes });
  expect(outcome).toEqual({ created: true, sizeBytes, sha256: digest.digest("hex") });
  expect(s3.largestBodyBytes()).toBe(8 * MIB);
  expect(s3.objects.get(KEY)?.body.length).toBe(sizeBytes);
  expect(s3.uploads.size).toBe(0);
});

test.each([
  ["one request", 1],
  ["parts", 11],
])("of writers at once in %s exactly one creates, and nothing unfinished stays", async (_how, mebibytes) => {
  const outcomes = await Promise.all(
    Array.from({ length: 5 }, (_, index) =>
      open().put(KEY, repeated(new Uint8Array(MIB).fill(index), mebibytes)),
    ),
  );
  const winners = outcomes.flatMap(({ created }, index) => (created ? [index] : []));
  expect(winners).toHaveLength(1);
  expect(s3.objects.get(KEY)?.body[0]).toBe(winners[0]);
  expect(s3.uploads.size).toBe(0);
});

test("a body for a key that is there is read to its end and not sent", async () => {
  await open().put(KEY, bytes("first"));
  const outcome = await open().put(KEY, repeated(new Uint8Array(MIB), 12));
  expect(outcome).toMatchObject({ created: false, sizeBytes: 12 * MIB });
  expect(s3.largestBodyBytes()).toBe(5);
});

test("a long body that throws, or grows too long, leaves no upload behind", async () => {
  const breaking = async function* () {
    yield* repeated(new Uint8Array(MIB), 12);
    throw new Error("the client went away");
  };
  await expect(open().put(KEY, breaking())).rejects.toThrow();
  await expect(
    open().put(KEY, repeated(new Uint8Array(MIB), 12), { maxBytes: 11 * MIB }),
  ).rejects.toMatchObject({
    code: "upload_too_large",
  });
  expect([s3.objects.size, s3.uploads.size]).toEqual([0, 0]);
});

test("a body whose store fails is closed", async () => {
  let isClosed = false;
  const body = async function* () {
    try {
      yield* repeated(new Uint8Array(MIB), 100);
    } finally {
      isClosed = true;
    }
  };
  failing("unavailable", (line) => line.includes("partNumber=2"));
  await expect(open({ attempts: 2 }).put(KEY, body())).rejects.toMatchObject(away);
  expect(isClosed).toBe(true);
  expect(s3.uploads.size).toBe(0);
});

test("three failures in ten are not noticed", async () => {
  let count = 0;
  s3.onRequest(() => ((count += 1) % 10 < 3 ? "unavailable" : null));
  const blobs = open();
  for (let index = 0; index < 20; index += 1) {
    const key = `sha256/ab/${index}`;
    expect(await blobs.put(key, bytes(key))).toMatchObject({ created: true });
    expect(Buffer.from((await blobs.get(key)) ?? []).toString()).toBe(key);
    expect(await blobs.stat(key)).toEqual({ sizeBytes: key.length });
  }
  expect((await blobs.list("sha256/")).blobs).toHaveLength(20);
});

test("a store that only fails is asked a few times, and is then said to be away", async () => {
  s3.onRequest(() => "unavailable");
  const blobs = open({ attempts: 3 });
  for (const attempt of [
    () => blobs.put(KEY, bytes("x")),
    () => blobs.replace(KEY, bytes("x")),
    () => blobs.get(KEY),
    () => blobs.read(KEY),
    () => blobs.stat(KEY),
    () => blobs.delete(KEY),
    () => blobs.list(""),
    () => blobs.discardUnfinished?.(0),
  ]) {
    const before = s3.requests.length;
    await expect(attempt()).rejects.toMatchObject(away);
    expect(s3.requests.length - before).toBe(3);
  }
});

test("a silent store is given up in time", async () => {
  s3.onRequest(() => "silent");
  await expect(open({ attempts: 2, timeoutMs: 40 }).get(KEY)).rejects.toMatchObject(away);
  expect(s3.requests).toHaveLength(2);
});

test("a consumer may take longer than the store may be silent", async () => {
  await open().put(KEY, repeated(new Uint8Array(MIB).fill(1), 4));
  const stream = await open({ timeoutMs: 300, attempts: 1 }).read(KEY);
  let received = 0;
  for await (const chunk of stream ?? []) {
    if (received === 0) await new Promise((resolve) => setTimeout(resolve, 900));
    received += chunk.length;
  }
  expect(received).toBe(4 * MIB);
});

test.each([
  ["one request", 1, (line: string) => line.startsWith("PUT")],
  ["parts", 11, (line: string) => line.startsWith("POST") && line.includes("uploadId=")],
])("a write in %s whose answer was lost knows its own success", async (_how, mebibytes, matches) => {
  failing("lost", matches, 1);
  expect(await open().put(KEY, repeated(new Uint8Array(MIB), mebibytes))).toMatchObject({ created: true });
  failing("lost", matches, 1);
  expect(await open().put(KEY, repeated(new Uint8Array(MIB), mebibytes))).toMatchObject({ created: false });
});

test("a conflict is tried again, and a lasting one counts as away", async () => {
  failing("conflict", (line) => line.startsWith("PUT"), 2);
  expect(await open().put(KEY, bytes("x"))).toMatchObject({ created: true });
  failing("conflict", (line) => line.startsWith("PUT"));
  await expect(open().put("other", bytes("x"))).rejects.toMatchObject(away);
});

test("an upload in parts that begins with 200 and ends with an error is none", async () => {
  failing("late", (line) => line.startsWith("POST") && line.includes("uploadId="));
  await expect(open().put(KEY, repeated(new Uint8Array(MIB), 11))).rejects.toMatchObject(away);
  expect([s3.objects.size, s3.uploads.size]).toEqual([0, 0]);
});

test("a body that breaks off is fetched from there, and one that always does is no body", async () => {
  const body = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));
  await open().put(KEY, body);
  failing("truncated", (line) => line.startsWith("GET"), 2);
  expect((await collect(await open().read(KEY))).equals(body)).toBe(true);
  failing("truncated", (line) => line.startsWith("GET"), 1);
  expect(Buffer.from((await open().get(KEY)) ?? []).equals(body)).toBe(true);
  failing("truncated", (line) => line.startsWith("GET"));
  await expect(open({ attempts: 2 }).get(KEY)).rejects.toMatchObject(away);
  await expect(collect(await open({ attempts: 2 }).read(KEY))).rejects.toMatchObject(away);
});

test("a body that breaks off and changes meanwhile is no body", async () => {
  await open().put(KEY, bytes("x".repeat(1000)));
  failing("truncated", (line) => line.startsWith("GET"), 1);
  const stream = await open().read(KEY);
  await open().replace(KEY, bytes("y".repeat(1000)));
  await expect(collect(stream)).rejects.toMatchObject({ code: "blob_store_unavailable" });
});

test("a flipped bit in what was written in one request is noticed", async () => {
  await open().put(KEY, bytes("archive"));
  await open().replace(`${KEY}.jws`, bytes("signature"));
  failing("flipped", (line) => line.startsWith("GET"));
  for (const key of [KEY, `${KEY}.jws`]) {
    await expect(open().get(key)).rejects.toMatchObject({ code: "blob_corrupt" });
  }
});

test("a listing that breaks off is asked for again", async () => {
  await open().put(KEY, bytes("x"));
  failing("truncated", (line) => line.startsWith("GET"), 1);
  expect((await open().list("")).blobs).toMatchObject([{ key: KEY, sizeBytes: 1 }]);
});

test("objects of others are not listed, also when a page ends with one", async () => {
  const blobs = open();
  await blobs.put("a/z", bytes("x"));
  const foreign = new Map(s3.objects);
  for (let index = 0; index < 1005; index += 1) {
    (s3.objects as Map<string, unknown>).set(`a/&<${index}>`, [...foreign.values()][0]);
  }
  const first = await blobs.list("");
  expect(first.blobs).toEqual([]);
  const second = await blobs.list("", first.cursor);
  expect(second).toMatchObject({ blobs: [{ key: "a/z" }], cursor: null });
});

test("uploads that died are discarded once they are old", async () => {
  failing("silent", (line) => line.startsWith("DELETE") || line.includes("partNumber=2"));
  s3.setTime(1000);
  await expect(
    open({ attempts: 1, timeoutMs: 200 }).put(KEY, repeated(new Uint8Array(MIB), 12)),
  ).rejects.toMatchObject(away);
  expect(s3.uploads.size).toBe(1);
  s3.onRequest(() => null);
  expect(await open().discardUnfinished?.(1000)).toEqual({ count: 0, bytes: 0 });
  expect(await open({ prefix: "other/" }).discardUnfinished?.(1001)).toEqual({ count: 0, bytes: 0 });
  expect(await open().discardUnfinished?.(1001)).toEqual({ count: 1, bytes: 0 });
  expect(s3.uploads.size).toBe(0);
});

test("wrong credentials and a bucket that is not there are no absent key, and are not retried", async () => {
  const wrong = open({ credentials: () => ({ ...s3.credentials, secretAccessKey: "wrong" }) });
  await expect(wrong.get(KEY)).rejects.toMatchObject({
    code: "blob_store_unavailable",
    retryable: false,
    details: { code: "SignatureDoesNotMatch", status: 403 },
  });
  const elsewhere = open({ bucket: "elsewhere" });
  await expect(elsewhere.get(KEY)).rejects.toMatchObject({ details: { code: "NoSuchBucket" } });
  await expect(elsewhere.put(KEY, bytes("x"))).rejects.toMatchObject({ details: { code: "NoSuchBucket" } });
});

test("no error tells a secret, a token or what was signed", async () => {
  const { secretAccessKey, sessionToken } = s3.credentials;
  const failures = await Promise.allSettled([
    open({ credentials: () => ({ ...s3.credentials, accessKeyId: "other" }) }).put(KEY, bytes("x")),
    open({ endpoint: "http://127.0.0.1:1", attempts: 1 }).get(KEY),
    open({ timeoutMs: 1, attempts: 1 }).list(""),
    open({ bucket: "elsewhere" }).get(KEY),
  ]);
  for (const failure of failures) {
    if (failure.status === "fulfilled") continue;
    const parts: string[] = [];
    for (let at: unknown = failure.reason; at instanceof Error; at = at.cause) {
      parts.push(String(at.stack), JSON.stringify(at));
    }
    const text = parts.join("\n");
    for (const hidden of [secretAccessKey, sessionToken, "QUOTED-STRING-TO-SIGN", "Signature="]) {
      expect(text).not.toContain(hidden);
    }
  }
  expect(failures.filter(({ status }) => status === "rejected").length).toBeGreaterThanOrEqual(3);
});

test.each([
  "../outside",
  "a/../../outside",
  "/etc/passwd",
  "a//b",
  "a/./b",
  ".hidden",
  "a\\b",
  "a\0b",
  "a?uploads",
  "a%2fb",
  "a b",
  "é",
  "a".repeat(1025),
  "",
])("refuses the key %j before anything is sent", async (key) => {
  const blobs = open();
  for (const attempt of [
    () => blobs.get(key),
    () => blobs.read(key),
    () => blobs.stat(key),
    () => blobs.put(key, bytes("x")),
    () => blobs.replace(key, bytes("x")),
    () => blobs.delete(key),
  ]) {
    await expect(attempt()).rejects.toThrow(TypeError);
  }
  expect(s3.requests).toEqual([]);
});

test.each([
  { prefix: "a" },
  { prefix: "/a/" },
  { prefix: "../a/" },
  { bucket: "A" },
  { bucket: "a/b" },
  { bucket: "a..b" },
  { endpoint: "ftp://127.0.0.1" },
  { endpoint: "http://key:secret@127.0.0.1" },
  { endpoint: "" },
  { partBytes: MIB },
  { partBytes: Number.NaN },
  { attempts: 0 },
])("refuses malformed options %o", (changed) => {
  expect(() => open(changed)).toThrow(TypeError);
});

test("the bucket may stand before the host", async () => {
  const seen: string[] = [];
  const fetch = async (input: unknown): Promise<Response> => {
    seen.push(String(input));
    return new Response(null, { status: 404 });
  };
  await open({ endpoint: "https://s3.example.com", addressing: "host", fetch }).stat(KEY);
  expect(seen).toEqual([`https://${s3.bucket}.s3.example.com/${KEY}`]);
});
