import type { S3Client } from "./s3-client.ts";

/** Says whose write an object is, so that a repeated request can tell its own success from another's. */
export const WRITER = "x-amz-meta-writer";
/** Digest of an object that was written in one request. */
export const SHA256 = "x-amz-meta-sha256";

/** Whether an object that is there now is the one that this writer sent. */
export async function isWrittenBy(client: S3Client, key: string, writer: string): Promise<boolean> {
  const { ok, headers } = await client.send({ method: "HEAD", key, expected: [404] });
  return ok && headers.get(WRITER) === writer;
}
