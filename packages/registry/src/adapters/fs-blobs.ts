/**
 * Archives in a directory, laid out as `@alga-ext/protocol` says, so that a runner can read it directly.
 *
 * Import from `@alga-ext/registry/adapters/fs-blobs`.
 * @module
 */
import { createHash, randomUUID } from "node:crypto";
import {
  link,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  stat,
  unlink,
  type FileHandle,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import { RegistryError } from "../errors.ts";
import { checkRange } from "../internal/check-range.ts";
import type { BlobEntry, BlobStore, ByteRange, PutOutcome } from "../ports.ts";

/** Blobs on one page of a listing. */
const PAGE_BLOBS = 1000;
/** What `withTemporary` leaves when its process dies. */
const TEMPORARY = /^\.[0-9a-f-]{36}\.tmp$/;
const SAFE_KEY = /^[A-Za-z0-9_][A-Za-z0-9._-]*(?:\/[A-Za-z0-9_][A-Za-z0-9._-]*)*$/;

/**
 * Keep blobs as files below `dir`, which is made at first write.
 *
 * A write goes to a temporary file, is synced, and is then linked or renamed into place; the directory is synced too.
 */
export function createFsBlobs(dir: string): BlobStore {
  const pathOf = (key: string): string => {
    if (!SAFE_KEY.test(key)) throw new TypeError(`Not a blob key: ${JSON.stringify(key.slice(0, 80))}.`);
    return join(dir, ...key.split("/"));
  };
  return {
    async put(key, body, options = {}) {
      const path = pathOf(key);
      return withTemporary(path, async (file, temporary) => {
        const written = await writeAll(file, body, options.maxBytes ?? Number.POSITIVE_INFINITY);
        return { created: await claim(temporary, path), ...written };
      });
    },
    async replace(key, body) {
      const path = pathOf(key);
      await withTemporary(path, async (file, temporary) => {
        await writeAll(file, body, Number.POSITIVE_INFINITY);
        await rename(temporary, path);
      });
    },
    async get(key) {
      return readFile(pathOf(key)).catch(nullIfMissing);
    },
    async read(key, { range = { start: 0 } } = {}) {
      const wanted = checkRange(range);
      const file = await open(pathOf(key), "r").catch(nullIfMissing);
      return file === null ? null : chunksOf(file, wanted);
    },
    async stat(key) {
      const found = await stat(pathOf(key)).catch(nullIfMissing);
      return found === null ? null : { sizeBytes: found.size };
    },
    async delete(key) {
      const path = pathOf(key);
      const found = await unlink(path).then(() => true, nullIfMissing);
      if (found === true) await syncDirectory(dirname(path));
      return found === true;
    },
    async list(prefix, cursor = null) {
      const blobs: BlobEntry[] = [];
      for await (const entry of walk(dir, "", { prefix, after: cursor ?? "" })) {
        if (entry.isTemporary) continue;
        if (blobs.length === PAGE_BLOBS) return { blobs, cursor: blobs.at(-1)?.key ?? null };
        const found = await stat(join(dir, entry.key)).catch(nullIfMissing);
        if (found !== null) {
          blobs.push({ key: entry.key, sizeBytes: found.size, modifiedAtMs: found.mtimeMs });
        }
      }
      return { blobs, cursor: null };
    },
    async discardUnfinished(beforeMs) {
      let [count, bytes] = [0, 0];
      for await (const { key, isTemporary } of walk(dir, "", { prefix: "", after: "" })) {
        const found = isTemporary ? await stat(join(dir, key)).catch(nullIfMissing) : null;
        if (found === null || found.mtimeMs >= beforeMs) continue;
        const removed = await unlink(join(dir, key)).then(() => true, nullIfMissing);
        if (removed === true) [count, bytes] = [count + 1, bytes + found.size];
      }
      return { count, bytes };
    },
  };
}

/** Files below a directory in the order of their keys, without those at or before `after`. */
async function* walk(
  root: string,
  directory: string,
  wanted: { readonly prefix: string; readonly after: string },
): AsyncGenerator<{ readonly key: string; readonly isTemporary: boolean }> {
  const found = await readdir(join(root, directory), { withFileTypes: true }).catch(nullIfMissing);
  const entries = (found ?? []).map((entry) => ({
    // A directory is ordered by the keys in it, which go on with a slash.
    key: `${directory}${entry.name}${entry.isDirectory() ? "/" : ""}`,
    isDirectory: entry.isDirectory(),
    isTemporary: TEMPORARY.test(entry.name),
  }));
  for (const { key, isDirectory, isTemporary } of entries.sort((a, b) => (a.key < b.key ? -1 : 1))) {
    if (isDirectory) {
      const mayHold = key.startsWith(wanted.prefix) || wanted.prefix.startsWith(key);
      if (mayHold && (key > wanted.after || wanted.after.startsWith(key))) yield* walk(root, key, wanted);
    } else if (key.startsWith(wanted.prefix) && key > wanted.after) {
      if (isTemporary || SAFE_KEY.test(key)) yield { key, isTemporary };
    }
  }
}

async function* chunksOf(file: FileHandle, { start, end }: ByteRange): AsyncGenerator<Uint8Array> {
  const inclusive = end === undefined ? {} : { end: end - 1 };
  try {
    for await (const chunk of file.createReadStream({ autoClose: false, start, ...inclusive }))
      yield chunk as Uint8Array;
  } finally {
    await file.close();
  }
}

async function withTemporary<T>(
  path: string,
  fn: (file: FileHandle, temporary: string) => Promise<T>,
): Promise<T> {
  const parent = dirname(path);
  const made = await mkdir(parent, { recursive: true });
  if (made !== undefined) await syncUpTo(dirname(made), parent);
  const temporary = join(parent, `.${randomUUID()}.tmp`);
  const file = await open(temporary, "wx", 0o644);
  try {
    const result = await fn(file, temporary);
    await syncDirectory(parent);
    return result;
  } finally {
    await file.close();
    await unlink(temporary).catch(nullIfMissing);
  }
}

/** A new directory is only durable once the ones above it are synced. */
async function syncUpTo(top: string, from: string): Promise<void> {
  for (let directory = from; directory.length > top.length; directory = dirname(directory)) {
    await syncDirectory(dirname(directory));
  }
}

async function writeAll(
  file: FileHandle,
  body: Uint8Array | AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<Omit<PutOutcome, "created">> {
  const digest = createHash("sha256");
  let sizeBytes = 0;
  for await (const chunk of body instanceof Uint8Array ? [body] : body) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) {
      throw new RegistryError("upload_too_large", `The upload is larger than ${maxBytes} bytes.`, {
        details: { limit: "maxBytes", value: maxBytes },
      });
    }
    digest.update(chunk);
    await file.writeFile(chunk);
  }
  await file.sync();
  return { sizeBytes, sha256: digest.digest("hex") };
}

/** `link` fails when the name exists: of several writers exactly one creates. */
async function claim(temporary: string, path: string): Promise<boolean> {
  try {
    await link(temporary, path);
    return true;
  } catch (error) {
    if (isCode(error, "EEXIST")) return false;
    throw error;
  }
}

async function syncDirectory(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

function nullIfMissing(error: unknown): null {
  if (isCode(error, "ENOENT") || isCode(error, "ENOTDIR")) return null;
  throw error;
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
