/**
 * Archives in a directory, laid out as `@alga-ext/protocol` says, so that a runner can read it directly.
 *
 * Import from `@alga-ext/registry/adapters/fs-blobs`.
 * @module
 */
import { createHash, randomUUID } from "node:crypto";
import { link, mkdir, open, readFile, rename, stat, unlink, type FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";
import { RegistryError } from "../errors.ts";
import type { BlobStore, PutOutcome } from "../ports.ts";

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
  };
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
