/**
 * Key-encryption key in a local file, for one machine.
 *
 * Import from `@alga-ext/registry/adapters/file-keys`.
 * @module
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { link, mkdir, open, readFile, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { RegistryError } from "../errors.ts";
import type { KeyProvider } from "../ports.ts";

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Keep the key-encryption key in one file that only its owner may read; it is made at first use.
 *
 * @param path File of 32 random bytes, mode 0600. Back it up: without it every stored secret is lost.
 * @throws {RegistryError} `key_file_exposed` from both methods when others may read the file.
 */
export function createFileKeyProvider(path: string): KeyProvider {
  let loaded: Promise<{ key: Buffer; keyId: string }> | null = null;
  const load = (): Promise<{ key: Buffer; keyId: string }> => {
    loaded ??= readOrCreate(path).catch((error: unknown) => {
      loaded = null;
      throw error;
    });
    return loaded;
  };
  return {
    async wrap(dataKey, context) {
      const { key, keyId } = await load();
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(`${keyId}\n${context}`));
      const sealed = Buffer.concat([nonce, cipher.update(dataKey), cipher.final(), cipher.getAuthTag()]);
      return { wrapped: sealed.toString("base64"), keyId };
    },
    async unwrap(wrapped, context) {
      const { key, keyId } = await load();
      if (wrapped.keyId !== keyId) throw unreadable("The data key was wrapped by another key file.");
      const sealed = Buffer.from(wrapped.wrapped, "base64");
      try {
        const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, NONCE_BYTES))
          .setAAD(Buffer.from(`${keyId}\n${context}`))
          .setAuthTag(sealed.subarray(-TAG_BYTES));
        const body = sealed.subarray(NONCE_BYTES, -TAG_BYTES);
        return Buffer.concat([decipher.update(body), decipher.final()]);
      } catch (error) {
        throw unreadable("The data key does not open under this key file.", error);
      }
    },
  };
}

async function readOrCreate(path: string): Promise<{ key: Buffer; keyId: string }> {
  const key = (await readPrivate(path)) ?? (await create(path));
  if (key.length !== KEY_BYTES) throw unreadable(`The key file ${path} does not hold ${KEY_BYTES} bytes.`);
  return { key, keyId: createHash("sha256").update("kek-id").update(key).digest("hex").slice(0, 16) };
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
  const key = await readPrivate(path);
  if (key === null) throw unreadable(`The key file ${path} vanished.`);
  return key;
}

async function readPrivate(path: string): Promise<Buffer | null> {
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
