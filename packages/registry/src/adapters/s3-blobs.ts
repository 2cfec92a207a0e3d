/**
 * Archives in a bucket of S3, or of a store that speaks like it, laid out as `@alga-ext/protocol` says.
 *
 * Import from `@alga-ext/registry/adapters/s3-blobs`.
 * @module
 */
import { createHash } from "node:crypto";
import { RegistryError } from "../errors.ts";
import { checkRange } from "../internal/check-range.ts";
import type { BlobStore } from "../ports.ts";
import { listPage, listUnfinished } from "./s3/list-page.ts";
import { openObject } from "./s3/open-object.ts";
import { createS3Client } from "./s3/s3-client.ts";
import type { S3Credentials } from "./s3/sign-request.ts";
import { uploadIfAbsent } from "./s3/upload.ts";
import { SHA256 } from "./s3/writer.ts";

export type { S3Credentials };

const SAFE_KEY = /^[A-Za-z0-9_][A-Za-z0-9._-]*(?:\/[A-Za-z0-9_][A-Za-z0-9._-]*)*$/;
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const MAX_KEY_BYTES = 1024;
const MIB = 1024 * 1024;
/** S3 takes no smaller part but the last, and at most 10,000 of them. */
const MIN_PART_BYTES = 5 * MIB;

/** Options of {@link createS3Blobs}. */
export interface S3BlobsOptions {
  /** Such as `https://s3.eu-central-1.amazonaws.com` or `http://127.0.0.1:9000`. */
  readonly endpoint: string;
  readonly bucket: string;
  /** @default "us-east-1" */
  readonly region?: string;
  /** Asked for every request, so that temporary ones may be renewed. */
  readonly credentials: () => S3Credentials | Promise<S3Credentials>;
  /** Put before every key, such as `extensions/`. @default "" */
  readonly prefix?: string;
  /** Whether the bucket's name goes into the path or before the host. @default "path" */
  readonly addressing?: "path" | "host";
  /** How long the store may be silent during one attempt. @default 15000 */
  readonly timeoutMs?: number;
  /** Attempts for one request, the first included, with random pauses between them. @default 4 */
  readonly attempts?: number;
  /** Most of an upload in memory; longer ones go in parts of this size. @default 8 MiB */
  readonly partBytes?: number;
  /** @default globalThis.fetch */
  readonly fetch?: typeof globalThis.fetch;
  /** Milliseconds since the epoch, for signatures. @default Date.now */
  readonly clock?: () => number;
}

/**
 * Keep blobs in a bucket.
 *
 * Put-if-absent is the store's `If-None-Match: *`, for single and for multipart uploads: a store that ignores it lets
 * the last of several concurrent writers win. The credentials need `s3:GetObject`, `PutObject`, `DeleteObject`,
 * `AbortMultipartUpload`, `ListBucket` and `ListBucketMultipartUploads`; without `ListBucket` an absent key is answered
 * as forbidden. Of two concurrent deletes both may say that they deleted.
 *
 * @throws {TypeError} when an option is malformed. Its methods throw {@link RegistryError} `blob_store_unavailable`
 * when the store fails or is silent after all attempts, and `blob_corrupt` when it returns other bytes than it took.
 */
export function createS3Blobs(options: S3BlobsOptions): BlobStore {
  const { prefix = "", partBytes = 8 * MIB, attempts = 4 } = options;
  if (prefix !== "" && !(prefix.endsWith("/") && SAFE_KEY.test(prefix.slice(0, -1)))) {
    throw new TypeError("A prefix is a relative path with a slash at its end.");
  }
  if (!(partBytes >= MIN_PART_BYTES)) throw new TypeError(`A part has at least ${MIN_PART_BYTES} bytes.`);
  if (!Number.isSafeInteger(attempts) || attempts < 1) throw new TypeError("There is at least one attempt.");
  const client = createS3Client({
    bucketUrl: bucketUrlOf(options),
    region: options.region ?? "us-east-1",
    credentials: options.credentials,
    fetch: options.fetch ?? globalThis.fetch,
    clock: options.clock ?? Date.now,
    timeoutMs: options.timeoutMs ?? 15_000,
    attempts,
  });
  const keyOf = (key: string): string => {
    if (!SAFE_KEY.test(key) || prefix.length + key.length > MAX_KEY_BYTES) {
      throw new TypeError(`Not a blob key: ${JSON.stringify(key.slice(0, 80))}.`);
    }
    return prefix + key;
  };
  const stat = async (key: string): Promise<{ readonly sizeBytes: number } | null> => {
    const { ok, headers } = await client.send({ method: "HEAD", key, expected: [404] });
    return ok ? { sizeBytes: Number(headers.get("content-length") ?? 0) } : null;
  };

  return {
    async put(key, body, { maxBytes = Number.POSITIVE_INFINITY } = {}) {
      return uploadIfAbsent(client, { key: keyOf(key), body, maxBytes, partBytes });
    },
    async replace(key, body) {
      const headers = { [SHA256]: createHash("sha256").update(body).digest("hex") };
      await client.send({ method: "PUT", key: keyOf(key), body, headers });
    },
    async get(key) {
      const opened = await openObject(client, { key: keyOf(key), attempts });
      if (opened === null) return null;
      const chunks: Uint8Array[] = [];
      for await (const chunk of opened.chunks) chunks.push(chunk);
      const bytes = new Uint8Array(Buffer.concat(chunks));
      if (opened.sha256 !== null && createHash("sha256").update(bytes).digest("hex") !== opened.sha256) {
        throw new RegistryError("blob_corrupt", "The object store returned other bytes than it was given.", {
          details: { key },
        });
      }
      return bytes;
    },
    async read(key, { range } = {}) {
      const checked = range === undefined ? {} : { range: checkRange(range) };
      return (await openObject(client, { key: keyOf(key), attempts, ...checked }))?.chunks ?? null;
    },
    stat: async (key) => stat(keyOf(key)),
    async delete(key) {
      const stored = keyOf(key);
      if ((await stat(stored)) === null) return false;
      await client.send({ method: "DELETE", key: stored, expected: [404] });
      return true;
    },
    async list(wanted, cursor = null) {
      const after = cursor === null || cursor === "" ? "" : prefix + cursor;
      const { objects, isTruncated } = await listPage(client, { prefix: prefix + wanted, after });
      const last = objects.at(-1);
      return {
        blobs: objects
          .map((object) => ({ ...object, key: object.key.slice(prefix.length) }))
          // What others put into the bucket is none of ours.
          .filter(({ key }) => SAFE_KEY.test(key)),
        cursor: isTruncated && last !== undefined ? last.key.slice(prefix.length) : null,
      };
    },
    async discardUnfinished(beforeMs) {
      const found = await listUnfinished(client, { prefix, beforeMs });
      for (const { key, uploadId } of found) {
        await client.send({ method: "DELETE", key, query: { uploadId }, expected: [404] });
      }
      return { count: found.length, bytes: 0 };
    },
  };
}

function bucketUrlOf({ endpoint, bucket, addressing = "path" }: S3BlobsOptions): string {
  if (!BUCKET.test(bucket) || bucket.includes("..")) throw new TypeError("Not a bucket's name.");
  const url = URL.canParse(endpoint) ? new URL(endpoint) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== "" || url.username !== "") {
    throw new TypeError("The endpoint is an http or https URL without query and credentials.");
  }
  const path = url.pathname.replace(/\/+$/, "");
  return addressing === "host"
    ? `${url.protocol}//${bucket}.${url.host}${path}`
    : `${url.protocol}//${url.host}${path}/${bucket}`;
}
