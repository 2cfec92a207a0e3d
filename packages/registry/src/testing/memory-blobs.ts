import { createHash } from "node:crypto";
import { RegistryError } from "../errors.ts";
import type { BlobStore } from "../ports.ts";

/** Keep blobs in memory; the contents die with the process. */
export function createMemoryBlobs(): BlobStore {
  const blobs = new Map<string, Uint8Array>();
  return {
    async put(key, body, options = {}) {
      const bytes = await collect(body, options.maxBytes ?? Number.POSITIVE_INFINITY);
      const created = !blobs.has(key);
      if (created) blobs.set(key, bytes);
      return {
        created,
        sizeBytes: bytes.length,
        sha256: createHash("sha256").update(bytes).digest("hex"),
      };
    },
    async replace(key, body) {
      blobs.set(key, body.slice());
    },
    async get(key) {
      return blobs.get(key)?.slice() ?? null;
    },
    async stat(key) {
      const bytes = blobs.get(key);
      return bytes === undefined ? null : { sizeBytes: bytes.length };
    },
    async delete(key) {
      return blobs.delete(key);
    },
  };
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
