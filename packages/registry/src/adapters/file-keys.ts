/**
 * Key-encryption keys in a local file, for one machine.
 *
 * Import from `@alga-ext/registry/adapters/file-keys`.
 * @module
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { link, mkdir, open, readFile, rename, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { RegistryError } from "../errors.ts";
import type { KeyProvider, WrappedKey } from "../ports.ts";

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const MAX_KEYS = 64;

interface FileKey {
  readonly key: Buffer;
  /** Digest of the key, so that the file needs no names. */
  readonly keyId: string;
}

/**
 * Keep the key-encryption keys in one file that only its owner may read; it is made at first use.
 *
 * The file is read for every request and its bytes are zeroed afterwards: a rotation by {@link addFileKey}, also in
 * another process, holds at once.
 *
 * @param path File of one or more keys of 32 random bytes, the active one first, mode 0600. Back it up: without it
 * every stored secret is lost.
 * @throws {RegistryError} `key_file_exposed` from all methods when others may read the file.
 */
export function createFileKeyProvider(path: string): KeyProvider {
  let hasSeenFile = false;
  /** Only a first wrap makes a file: a file that vanished is to be restored, not replaced. */
  const withKeys = async <T>(fn: (keys: readonly FileKey[]) => T, mayCreate: boolean): Promise<T> => {
    const ring = (await readRing(path)) ?? (mayCreate && !hasSeenFile ? await create(path) : null);
    if (ring === null) throw unreadable(`The key file ${path} is not there: restore it from its backup.`);
    hasSeenFile = true;
    try {
      return fn(parseRing(path, ring));
    } finally {
      ring.fill(0);
    }
  };
  return {
    wrap: (dataKey, context) => withKeys((keys) => seal(activeOf(keys), dataKey, context), true),
    unwrap: (wrapped, context) => withKeys((keys) => unseal(keys, wrapped, context), false),
    rewrap: (wrapped, context) =>
      withKeys((keys) => {
        const active = activeOf(keys);
        const dataKey = unseal(keys, wrapped, context);
        try {
          return wrapped.keyId === active.keyId ? wrapped : seal(active, dataKey, context);
        } finally {
          dataKey.fill(0);
        }
      }, false),
  };
}

/**
 * Put a new key first in the file; the others go on opening what they wrapped. Then rewrap all data keys.
 *
 * @throws {RegistryError} `key_file_exposed`; `secret_unreadable` when there is no file, it is no key file, or another
 * rotation runs or died (`<path>.new` exists).
 */
export function addFileKey(path: string): Promise<{ readonly keyId: string }> {
  return rewrite(path, (ring) => Buffer.concat([randomBytes(KEY_BYTES), ring]));
}

/**
 * Keep only the active key of the file. Do it after rewrapping, when no data key is unreadable, and keep a backup.
 *
 * @throws {RegistryError} as {@link addFileKey}.
 */
export function dropOldFileKeys(path: string): Promise<{ readonly keyId: string }> {
  return rewrite(path, (ring) => Buffer.from(ring.subarray(0, KEY_BYTES)));
}

async function rewrite(path: string, change: (ring: Buffer) => Buffer): Promise<{ readonly keyId: string }> {
  const temporary = `${path}.new`;
  // It is also the lock: two rotations at once would lose one's key.
  const file = await open(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600).catch(
    (error: unknown) => {
      if (isCode(error, "ENOENT")) throw unreadable(`There is no key file ${path}.`, error);
      if (!isCode(error, "EEXIST")) throw error;
      throw unreadable(`Another rotation runs. If none does, remove ${temporary} and try again.`, error);
    },
  );
  try {
    const ring = await readRing(path);
    if (ring === null) throw unreadable(`There is no key file ${path}.`);
    parseRing(path, ring);
    const changed = change(ring);
    const { keyId } = activeOf(parseRing(path, changed));
    await file.writeFile(changed);
    await file.sync();
    await rename(temporary, path);
    ring.fill(0);
    changed.fill(0);
    return { keyId };
  } catch (error) {
    await unlink(temporary);
    throw error;
  } finally {
    await file.close();
  }
}

function parseRing(path: string, ring: Buffer): readonly FileKey[] {
  const count = ring.length / KEY_BYTES;
  if (!Number.isInteger(count) || count < 1 || count > MAX_KEYS) {
    throw unreadable(`The key file ${path} does not hold 1 to ${MAX_KEYS} keys of ${KEY_BYTES} bytes.`);
  }
  return Array.from({ length: count }, (_, index) => {
    const key = ring.subarray(index * KEY_BYTES, (index + 1) * KEY_BYTES);
    return { key, keyId: createHash("sha256").update("kek-id").update(key).digest("hex").slice(0, 16) };
  });
}

function activeOf([first]: readonly FileKey[]): FileKey {
  if (first === undefined) throw new TypeError("A key file has at least one key.");
  return first;
}

function seal({ key, keyId }: FileKey, dataKey: Uint8Array, context: string): WrappedKey {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(`${keyId}\n${context}`));
  const sealed = Buffer.concat([nonce, cipher.update(dataKey), cipher.final(), cipher.getAuthTag()]);
  return { wrapped: sealed.toString("base64"), keyId };
}

function unseal(keys: readonly FileKey[], { wrapped, keyId }: WrappedKey, context: string): Buffer {
  const found = keys.find((one) => one.keyId === keyId);
  if (found === undefined)
    throw unreadable("The data key was wrapped by a key that is not in this key file.");
  const sealed = Buffer.from(wrapped, "base64");
  try {
    const decipher = createDecipheriv("aes-256-gcm", found.key, sealed.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    })
      .setAAD(Buffer.from(`${keyId}\n${context}`))
      .setAuthTag(sealed.subarray(-TAG_BYTES));
    const body = sealed.subarray(NONCE_BYTES, -TAG_BYTES);
    return Buffer.concat([decipher.update(body), decipher.final()]);
  } catch (error) {
    throw unreadable("The data key does not open under this key file.", error);
  }
}

/** Two processes may start at once: a whole file is linked into place, and the first one wins. */
async function create(path: string): Promise<Buffer> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${randomBytes(6).toString("hex")}`;
  const file = await open(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
  try {
    await file.writeFile(randomBytes(KEY_BYTES));
    await file.sync();
    await link(temporary, path).catch(ignoreExisting);
  } finally {
    await file.close();
    await unlink(temporary);
  }
  const ring = await readRing(path);
  if (ring === null) throw unreadable(`The key file ${path} vanished.`);
  return ring;
}

async function readRing(path: string): Promise<Buffer | null> {
  const file = await open(path, "r").catch((error: unknown) => {
    if (isCode(error, "ENOENT")) return null;
    throw error;
  });
  if (file === null) return null;
  try {
    const { mode } = await file.stat();
    if (process.platform !== "win32" && (mode & 0o077) !== 0) {
      throw new RegistryError("key_file_exposed", `Others may read ${path}: run chmod 600 on it.`);
    }
    return await readFile(file);
  } finally {
    await file.close();
  }
}

function ignoreExisting(error: unknown): void {
  if (!isCode(error, "EEXIST")) throw error;
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

function unreadable(message: string, cause?: unknown): RegistryError {
  return new RegistryError("secret_unreadable", message, { cause });
}
