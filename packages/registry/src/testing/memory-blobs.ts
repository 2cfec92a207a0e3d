import { createHash } from "node:crypto";
import { RegistryError } from "../errors.ts";
import { checkRange } from "../internal/check-range.ts";
import type { BlobStore } from "../ports.ts";

/** Blobs on one page of a listing. */
const PAGE_BLOBS = 1000;

/**
 * Keep blobs in memory; the contents die with the process.
 *
 * @param clock milliseconds since the epoch, of `modifiedAtMs`
 */
export function createMemoryBlobs(clock: () => number = Date.now): BlobStore {
  const blobs = new Map<string, Uint8Array>();
  const writtenAt = new Map<string, number>();
  const write = (key: string, bytes: Uint8Array): void => {
    blobs.set(key, bytes);
    writtenAt.set(key, clock());
  };
  return {
    async put(key, body, options = {}) {
      const bytes = await collect(body, options.maxBytes ?? Number.POSITIVE_INFINITY);
      const created = !blobs.has(key);
      if (created) write(key, bytes);
      return {
        created,
        sizeBytes: bytes.length,
        sha256: createHash("sha256").update(bytes).digest("hex"),
      };
    },
    async replace(key, body) {
      write(key, body.slice());
    },
    async get(key) {
      return blobs.get(key)?.slice() ?? null;
    },
    async read(key, { range = { start: 0 } } = {}) {
      const { start, end } = checkRange(range);
      const bytes = blobs.get(key)?.slice(start, end);
      return bytes === undefined ? null : chunksOf(bytes);
    },
    async stat(key) {
      const bytes = blobs.get(key);
      return bytes === undefined ? null : { sizeBytes: bytes.length };
    },
    async delete(key) {
      return blobs.delete(key);
    },
    async list(prefix, cursor = null) {
      const keys = [...blobs.keys()].filter((key) => key.startsWith(prefix) && key > (cursor ?? "")).sort();
      const page = keys.slice(0, PAGE_BLOBS).map((key) => ({
        key,
        sizeBytes: blobs.get(key)?.length ?? 0,
        modifiedAtMs: writtenAt.get(key) ?? 0,
      }));
      return { blobs: page, cursor: keys.length > PAGE_BLOBS ? (page.at(-1)?.key ?? null) : null };
    },
  };
}

async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}

async function collect(body: Uint8Array | AsyncIterable<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of body instanceof Uint8Array ? [body] : body) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) {
      throw new RegistryError("upload_too_large", `The upload is larger than ${maxBytes} bytes.`, {
        details: { limit: "maxBytes", value: maxBytes },
      });
    }
    chunks.push(chunk.slice());
  }
  return new Uint8Array(Buffer.concat(chunks));
}
