import assert from "node:assert/strict";
import { createHash, randomUUID } from "node:crypto";
import type { BlobStore, ByteRange } from "../ports.ts";

/** One sentence of the {@link BlobStore} contract, to be run under any test runner. */
export interface BlobStoreCase {
  readonly name: string;
  readonly run: (blobs: BlobStore) => Promise<void>;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const newKey = (): string => `sha256/ab/${randomUUID()}.tar.zst`;

async function* failing(): AsyncGenerator<Uint8Array> {
  yield bytes("half");
  throw new Error("the client went away");
}

async function* chunks(...parts: string[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield bytes(part);
}

/**
 * Every sentence an adapter must keep.
 *
 * @example
 * for (const { name, run } of BLOB_STORE_CASES) test(name, () => run(createFsBlobs(dir)));
 */
export const BLOB_STORE_CASES: readonly BlobStoreCase[] = [
  {
    name: "an absent key reads as null, has no size and cannot be deleted",
    async run(blobs) {
      const key = newKey();
      assert.equal(await blobs.get(key), null);
      assert.equal(await blobs.stat(key), null);
      assert.equal(await blobs.delete(key), false);
    },
  },
  {
    name: "put stores a stream and reports its size and digest",
    async run(blobs) {
      const key = newKey();
      const sha256 = createHash("sha256").update("hello world").digest("hex");
      assert.deepEqual(await blobs.put(key, chunks("hello ", "world")), {
        created: true,
        sizeBytes: 11,
        sha256,
      });
      assert.deepEqual(Buffer.from((await blobs.get(key)) ?? []), Buffer.from("hello world"));
      assert.deepEqual(await blobs.stat(key), { sizeBytes: 11 });
    },
  },
  {
    name: "put leaves an existing key alone",
    async run(blobs) {
      const key = newKey();
      await blobs.put(key, bytes("first"));
      assert.equal((await blobs.put(key, bytes("second"))).created, false);
      assert.equal(Buffer.from((await blobs.get(key)) ?? []).toString(), "first");
    },
  },
  {
    name: "of concurrent puts exactly one creates, and its bytes stay",
    async run(blobs) {
      const key = newKey();
      const bodies = Array.from({ length: 10 }, (_, index) => `body ${index}`);
      const outcomes = await Promise.all(bodies.map((body) => blobs.put(key, bytes(body))));
      const winners = bodies.filter((_, index) => outcomes[index]?.created);
      assert.equal(winners.length, 1);
      assert.equal(Buffer.from((await blobs.get(key)) ?? []).toString(), winners[0]);
    },
  },
  {
    name: "a body that throws leaves nothing",
    async run(blobs) {
      const key = newKey();
      await assert.rejects(blobs.put(key, failing()));
      assert.equal(await blobs.get(key), null);
      assert.equal((await blobs.put(key, bytes("retry"))).created, true);
    },
  },
  {
    name: "a body past maxBytes is refused while it streams and leaves nothing",
    async run(blobs) {
      const key = newKey();
      await assert.rejects(blobs.put(key, chunks("12345", "6"), { maxBytes: 5 }), {
        code: "upload_too_large",
      });
      assert.equal(await blobs.get(key), null);
      assert.equal((await blobs.put(key, chunks("12345"), { maxBytes: 5 })).sizeBytes, 5);
    },
  },
  {
    name: "read streams what get returns, and is null for an absent key",
    async run(blobs) {
      const key = newKey();
      assert.equal(await blobs.read(key), null);
      const body = "0123456789".repeat(30_000);
      await blobs.put(key, bytes(body));
      const stream = await blobs.read(key);
      assert.ok(stream !== null);
      const chunks: Uint8Array[] = [];
      for await (const chunk of stream) chunks.push(chunk);
      assert.equal(Buffer.concat(chunks).toString(), body);
    },
  },
  {
    name: "read takes a range, and a range past the end yields what there is",
    async run(blobs) {
      const key = newKey();
      await blobs.put(key, bytes("0123456789"));
      const read = async (range: ByteRange): Promise<string> => {
        const chunks: Uint8Array[] = [];
        for await (const chunk of (await blobs.read(key, { range })) ?? []) chunks.push(chunk);
        return Buffer.concat(chunks).toString();
      };
      assert.equal(await read({ start: 0 }), "0123456789");
      assert.equal(await read({ start: 3 }), "3456789");
      assert.equal(await read({ start: 3, end: 5 }), "34");
      assert.equal(await read({ start: 0, end: 2 }), "01");
      assert.equal(await read({ start: 8, end: 50 }), "89");
      assert.equal(await read({ start: 10 }), "");
      assert.equal(await read({ start: 50, end: 60 }), "");
      for (const range of [{ start: -1 }, { start: 1, end: 1 }, { start: 2, end: 1 }, { start: 0.5 }]) {
        await assert.rejects(blobs.read(key, { range }), TypeError);
      }
      assert.equal(await blobs.read(newKey(), { range: { start: 1 } }), null);
    },
  },
  {
    name: "list names what begins with a prefix, in the order of keys, and its size",
    async run(blobs) {
      const root = `sha256/${randomUUID()}`;
      for (const name of ["b", "a", "c/d"]) await blobs.put(`${root}/${name}`, bytes(name));
      const { blobs: listed, cursor } = await blobs.list(`${root}/`);
      assert.deepEqual(
        listed.map(({ key, sizeBytes }) => [key, sizeBytes]),
        [
          [`${root}/a`, 1],
          [`${root}/b`, 1],
          [`${root}/c/d`, 3],
        ],
      );
      assert.equal(cursor, null);
      assert.ok(listed.every(({ modifiedAtMs }) => Number.isFinite(modifiedAtMs)));
      assert.deepEqual((await blobs.list(`${root}/c`)).blobs.length, 1);
    },
  },
  {
    name: "list pages through a prefix in the order of keys, and misses nothing while others write and delete",
    async run(blobs) {
      const root = `sha256/${randomUUID()}`;
      // A hyphen sorts before the slash and a letter after it, whatever directories do.
      const kept = ["a", "a-b", "a/b", "a/b/c.jws", "ab", "b.x/1", "b/1"].map((name) => `${root}/x/${name}x`);
      await Promise.all(kept.map((key) => blobs.put(key, bytes(key))));
      await Promise.all(
        Array.from({ length: 1100 }, (_, index) =>
          blobs.put(`${root}/y/${index.toString().padStart(4, "0")}`, Uint8Array.of(1)),
        ),
      );
      await blobs.put(`${root}z`, bytes("beside it"));
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const page = await blobs.list(`${root}/`, cursor);
        seen.push(...page.blobs.map(({ key }) => key));
        cursor = page.cursor;
        await blobs.delete(`${root}/y/0000`);
        await blobs.put(`${root}/w`, bytes("late"));
      } while (cursor !== null);
      assert.deepEqual(
        seen.filter((key) => key.startsWith(`${root}/x/`)),
        kept.toSorted(),
      );
      assert.equal(seen.filter((key) => key.startsWith(`${root}/y/`)).length, 1100);
      assert.equal(new Set(seen).size, seen.length);
      const [entry] = (await blobs.list(`${root}/x/a-`)).blobs;
      assert.deepEqual(
        { key: entry?.key, sizeBytes: entry?.sizeBytes },
        { key: `${root}/x/a-bx`, sizeBytes: `${root}/x/a-bx`.length },
      );
      assert.ok(Number.isFinite(entry?.modifiedAtMs));
      assert.deepEqual(await blobs.list(`${root}/nothing/`), { blobs: [], cursor: null });
    },
  },
  {
    name: "replace overwrites",
    async run(blobs) {
      const key = newKey();
      await blobs.replace(key, bytes("one"));
      await blobs.replace(key, bytes("two"));
      assert.equal(Buffer.from((await blobs.get(key)) ?? []).toString(), "two");
    },
  },
  {
    name: "delete removes",
    async run(blobs) {
      const key = newKey();
      await blobs.put(key, bytes("gone soon"));
      assert.equal(await blobs.delete(key), true);
      assert.equal(await blobs.get(key), null);
    },
  },
];
