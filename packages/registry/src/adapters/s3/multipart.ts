import { unavailable, type S3Client } from "./s3-client.ts";
import { isWrittenBy, WRITER } from "./writer.ts";

/** A started upload in parts. */
export interface Multipart {
  /** The next part; all but the last have the same size. */
  put(part: Uint8Array): Promise<void>;
  /** Make the object visible; false when the key exists. */
  complete(): Promise<boolean>;
  /** Best effort: what stays behind is found by `discardUnfinished`. */
  abort(): Promise<void>;
}

/** Begin an upload in parts; all its methods throw {@link RegistryError} `blob_store_unavailable`, but `abort`. */
export async function startMultipart(
  client: S3Client,
  { key, writer }: { readonly key: string; readonly writer: string },
): Promise<Multipart> {
  const started = await client.send({
    method: "POST",
    key,
    query: { uploads: "" },
    headers: { [WRITER]: writer },
  });
  const uploadId = /<UploadId>([^<&]{1,1024})<\/UploadId>/.exec(started.text)?.[1];
  if (uploadId === undefined) throw unavailable("POST", started);
  const etags: string[] = [];

  return {
    async put(part) {
      const query = { partNumber: String(etags.length + 1), uploadId };
      const answer = await client.send({ method: "PUT", key, query, body: part });
      const etag = answer.headers.get("etag");
      if (etag === null) throw unavailable("PUT", answer);
      etags.push(etag);
    },
    async complete() {
      const answer = await client.send({
        method: "POST",
        key,
        query: { uploadId },
        body: new TextEncoder().encode(toXml(etags)),
        headers: { "if-none-match": "*", "content-type": "application/xml" },
        expected: [404, 409, 412],
      });
      // An answer that took long may begin with 200 and end with an error.
      if (answer.ok && answer.code === null) return true;
      // After a lost answer the upload is gone, or the key exists: because of ourselves, perhaps.
      if (answer.isRepeated && (await isWrittenBy(client, key, writer))) return true;
      if (answer.status === 412 || answer.code === "PreconditionFailed") return false;
      throw unavailable("POST", answer);
    },
    async abort() {
      await client
        .send({ method: "DELETE", key, query: { uploadId }, expected: [404] })
        .catch(() => undefined);
    },
  };
}

function toXml(etags: readonly string[]): string {
  const parts = etags.map(
    (etag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${escapeXml(etag)}</ETag></Part>`,
  );
  return `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${parts.join("")}</CompleteMultipartUpload>`;
}

function escapeXml(text: string): string {
  return text.replaceAll(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
