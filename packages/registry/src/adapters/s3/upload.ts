import { createHash, randomUUID } from "node:crypto";
import { RegistryError } from "../../errors.ts";
import type { PutOutcome } from "../../ports.ts";
import { startMultipart } from "./multipart.ts";
import { unavailable, type S3Client } from "./s3-client.ts";
import { isWrittenBy, SHA256, WRITER } from "./writer.ts";

const MAX_CONFLICTS = 4;

/** What {@link uploadIfAbsent} writes. */
export interface Upload {
  readonly key: string;
  readonly body: Uint8Array | AsyncIterable<Uint8Array>;
  readonly maxBytes: number;
  readonly partBytes: number;
}

/**
 * Create an object unless its key exists, holding no more than two parts of it in memory.
 *
 * A short body goes in one request, a longer one in parts that become visible together.
 *
 * @throws {RegistryError} `upload_too_large`, `blob_store_unavailable`.
 */
export async function uploadIfAbsent(client: S3Client, upload: Upload): Promise<PutOutcome> {
  const { key, maxBytes, partBytes } = upload;
  const digest = createHash("sha256");
  let sizeBytes = 0;
  const parts = partsOf(upload.body, partBytes, (chunk) => {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) {
      throw new RegistryError("upload_too_large", `The upload is larger than ${maxBytes} bytes.`, {
        details: { limit: "maxBytes", value: maxBytes },
      });
    }
    digest.update(chunk);
  });
  try {
    const first = (await parts.next()).value ?? new Uint8Array();
    const second = first.length < partBytes ? undefined : (await parts.next()).value;
    const writer = randomUUID();
    if ((await client.send({ method: "HEAD", key, expected: [404] })).ok) {
      // It is there: spare the store the bytes, and go on reading for their digest.
      while ((await parts.next()).done !== true);
      return { created: false, sizeBytes, sha256: digest.digest("hex") };
    }
    if (second === undefined) {
      const sha256 = digest.digest("hex");
      return { created: await putWhole(client, { key, body: first, writer, sha256 }), sizeBytes, sha256 };
    }
    const created = await putParts(client, { key, writer, first, second, rest: parts });
    return { created, sizeBytes, sha256: digest.digest("hex") };
  } finally {
    await parts.return(undefined);
  }
}

async function* partsOf(
  body: Upload["body"],
  partBytes: number,
  onChunk: (chunk: Uint8Array) => void,
): AsyncGenerator<Uint8Array, undefined> {
  let part: Buffer | null = null;
  let filled = 0;
  for await (const chunk of body instanceof Uint8Array ? [body] : body) {
    onChunk(chunk);
    for (let at = 0; at < chunk.length;) {
      part ??= Buffer.allocUnsafeSlow(partBytes);
      const taken = Math.min(chunk.length - at, partBytes - filled);
      part.set(chunk.subarray(at, at + taken), filled);
      [at, filled] = [at + taken, filled + taken];
      if (filled === partBytes) {
        yield part;
        [part, filled] = [null, 0];
      }
    }
  }
  if (part !== null && filled > 0) yield part.subarray(0, filled);
}

async function putWhole(
  client: S3Client,
  object: {
    readonly key: string;
    readonly body: Uint8Array;
    readonly writer: string;
    readonly sha256: string;
  },
): Promise<boolean> {
  const { key, body, writer, sha256 } = object;
  const headers = { "if-none-match": "*", [WRITER]: writer, [SHA256]: sha256 };
  let isRepeated = false;
  for (let attempt = 1; attempt <= MAX_CONFLICTS; attempt += 1) {
    const answer = await client.send({ method: "PUT", key, body, headers, expected: [409, 412] });
    if (answer.ok) return true;
    isRepeated ||= answer.isRepeated;
    if (answer.status === 412) return isRepeated && (await isWrittenBy(client, key, writer));
    // Someone else writes or deletes the same key right now.
    await client.pause(attempt);
  }
  throw unavailable("PUT", { status: 409, code: "ConditionalRequestConflict" });
}

async function putParts(
  client: S3Client,
  object: {
    readonly key: string;
    readonly writer: string;
    readonly first: Uint8Array;
    readonly second: Uint8Array;
    readonly rest: AsyncIterable<Uint8Array>;
  },
): Promise<boolean> {
  const multipart = await startMultipart(client, object);
  let isCreated = false;
  try {
    await multipart.put(object.first);
    await multipart.put(object.second);
    for await (const part of object.rest) await multipart.put(part);
    isCreated = await multipart.complete();
    return isCreated;
  } finally {
    if (!isCreated) await multipart.abort();
  }
}
