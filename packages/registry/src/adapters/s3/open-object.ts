import type { ByteRange } from "../../ports.ts";
import { unavailable, type S3Client, type S3Stream } from "./s3-client.ts";
import { SHA256 } from "./writer.ts";

/** An object whose bytes are coming. */
export interface OpenedObject {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** What it had when it was written in one request, else null. */
  readonly sha256: string | null;
}

/**
 * Open an object, or null when there is none. What breaks off is asked for again from there, as long as it is the same
 * object.
 *
 * @throws {RegistryError} `blob_store_unavailable`, also while the chunks are read.
 */
export async function openObject(
  client: S3Client,
  {
    key,
    attempts,
    range = { start: 0 },
  }: { readonly key: string; readonly attempts: number; readonly range?: ByteRange },
): Promise<OpenedObject | null> {
  const isWhole = range.start === 0 && range.end === undefined;
  const first = await client.open({
    method: "GET",
    key,
    headers: { "accept-encoding": "identity", ...(isWhole ? {} : { range: toHeader(range) }) },
    expected: [404, 416],
  });
  if (first.status === 416) return { chunks: first.body, sha256: null };
  if (!first.ok) {
    if (first.code === null || first.code === "NoSuchKey") return null;
    throw unavailable("GET", { ...first, isTransient: false });
  }
  if (first.status !== (isWhole ? 200 : 206)) throw unavailable("GET", first);
  return {
    chunks: chunksOf(client, { key, attempts, start: range.start, first }),
    sha256: isWhole ? first.headers.get(SHA256) : null,
  };
}

const toHeader = ({ start, end }: ByteRange): string => `bytes=${start}-${end === undefined ? "" : end - 1}`;

async function* chunksOf(
  client: S3Client,
  object: {
    readonly key: string;
    readonly attempts: number;
    readonly start: number;
    readonly first: S3Stream;
  },
): AsyncGenerator<Uint8Array> {
  const { key, attempts, start, first } = object;
  const length = first.headers.get("content-length");
  const etag = first.headers.get("etag");
  let [stream, received, breaks] = [first, 0, 0];
  for (;;) {
    let cause: unknown;
    try {
      for await (const chunk of stream.body) {
        received += chunk.length;
        stream.hold(true);
        yield chunk;
        stream.hold(false);
      }
    } catch (error) {
      cause = error;
    } finally {
      stream.hold(true);
    }
    if (cause === undefined && (length === null || received === Number(length))) return;
    breaks += 1;
    if (breaks >= attempts || etag === null || length === null || received > Number(length)) {
      throw unavailable("GET", { status: null, code: null, cause });
    }
    await client.pause(breaks);
    const range = toHeader({ start: start + received, end: start + Number(length) });
    const headers = { "accept-encoding": "identity", "if-match": etag, range };
    stream = await client.open({ method: "GET", key, headers });
    if (stream.status !== 206) throw unavailable("GET", stream);
  }
}
