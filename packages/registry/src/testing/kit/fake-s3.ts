import { createHash, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { sign } from "aws4";

/** What goes wrong with one request. */
export type S3Fault =
  /** Answer 503 and do nothing. */
  | "unavailable"
  /** Do it, then break the connection before answering. */
  | "lost"
  /** Do nothing, never answer. */
  | "silent"
  /** Answer 409 as when two write one key. */
  | "conflict"
  /** Break the connection half-way through the body. */
  | "truncated"
  /** Flip one bit of the body. */
  | "flipped"
  /** Begin with 200 and end with an error. */
  | "late";

/** One request that arrived. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
}

/** A bucket on loopback whose requests must carry a signature that `aws4` agrees with. */
export interface FakeS3 {
  readonly endpoint: string;
  readonly bucket: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken: string;
  };
  readonly objects: ReadonlyMap<string, StoredObject>;
  readonly uploads: ReadonlyMap<string, { readonly key: string }>;
  readonly requests: readonly SeenRequest[];
  /** Largest request body so far. */
  readonly largestBodyBytes: () => number;
  /** Decide what goes wrong; null for nothing. */
  onRequest(decide: (request: SeenRequest) => S3Fault | null): void;
  /** Milliseconds since the epoch of what is written from now on. */
  setTime(atMs: number): void;
  close(): Promise<void>;
}

interface StoredObject {
  readonly body: Buffer;
  readonly etag: string;
  readonly meta: Readonly<Record<string, string>>;
  readonly modifiedAtMs: number;
}

interface StoredUpload {
  readonly key: string;
  readonly parts: Map<number, Buffer>;
  readonly meta: Readonly<Record<string, string>>;
  readonly initiatedAtMs: number;
}

interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

const BUCKET = "bundles";
const REGION = "eu-test-1";
const MIN_PART_BYTES = 5 * 1024 * 1024;

const refuse = (status: number, code: string): Reply => ({
  status,
  headers: { "content-type": "application/xml" },
  // As S3 does: what was signed comes back, so an adapter must not pass it on.
  body: Buffer.from(
    `<?xml version="1.0"?><Error><Code>${code}</Code><Message>no</Message><StringToSign>QUOTED-STRING-TO-SIGN</StringToSign></Error>`,
  ),
});
const document = (xml: string): Reply => ({
  status: 200,
  headers: { "content-type": "application/xml" },
  body: Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${xml}`),
});
const etagOf = (body: Buffer): string => `"${createHash("md5").update(body).digest("hex")}"`;
const escapeXml = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

/** Start an empty bucket. */
export async function startFakeS3(): Promise<FakeS3> {
  const credentials = {
    accessKeyId: `AKIA${randomUUID()}`,
    secretAccessKey: `secret-${randomUUID()}`,
    sessionToken: `session/${randomUUID()}==`,
  };
  const objects = new Map<string, StoredObject>();
  const uploads = new Map<string, StoredUpload>();
  const requests: SeenRequest[] = [];
  let [decide, now, largest]: [(request: SeenRequest) => S3Fault | null, number, number] = [() => null, 0, 0];

  const put = (key: string, body: Buffer, meta: Readonly<Record<string, string>>): string => {
    const etag = etagOf(body);
    objects.set(key, { body, etag, meta, modifiedAtMs: now });
    return etag;
  };

  const onObject = (request: SeenRequest, key: string, body: Buffer): Reply => {
    const { method, query, headers } = request;
    const found = objects.get(key);
    const isTaken = headers["if-none-match"] === "*" && found !== undefined;
    const uploadId = query.get("uploadId");
    const upload = uploadId === null ? undefined : uploads.get(uploadId);
    if (uploadId !== null && upload?.key !== key) return refuse(404, "NoSuchUpload");
    if (method === "PUT" && upload !== undefined) {
      upload.parts.set(Number(query.get("partNumber")), body);
      return { status: 200, headers: { etag: etagOf(body) } };
    }
    if (method === "PUT") {
      if (isTaken) return refuse(412, "PreconditionFailed");
      return { status: 200, headers: { etag: put(key, body, metaOf(headers)) } };
    }
    if (method === "POST" && query.has("uploads")) {
      const id = `${randomUUID()}+/=`;
      uploads.set(id, { key, parts: new Map(), meta: metaOf(headers), initiatedAtMs: now });
      return document(
        `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
      );
    }
    if (method === "POST" && uploadId !== null && upload !== undefined) {
      if (isTaken) return refuse(412, "PreconditionFailed");
      const listed = [...body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber><ETag>([^<]*)<\/ETag>/g)];
      const parts = listed.map(([, number, etag]) => {
        const part = upload.parts.get(Number(number));
        return part !== undefined && etag?.replaceAll("&#34;", '"') === etagOf(part) ? part : null;
      });
      if (parts.includes(null) || parts.length === 0) return refuse(400, "InvalidPart");
      const whole = parts.filter((part) => part !== null);
      if (whole.slice(0, -1).some(({ length }) => length < MIN_PART_BYTES))
        return refuse(400, "EntityTooSmall");
      uploads.delete(uploadId);
      put(key, Buffer.concat(whole), upload.meta);
      return document("<CompleteMultipartUploadResult><ETag>x</ETag></CompleteMultipartUploadResult>");
    }
    if (method === "DELETE" && uploadId !== null)
      return uploads.delete(uploadId) ? { status: 204 } : refuse(404, "NoSuchUpload");
    if (method === "DELETE") {
      objects.delete(key);
      return { status: 204 };
    }
    return found === undefined ? refuse(404, "NoSuchKey") : readObject(found, headers);
  };

  const onBucket = ({ query }: SeenRequest): Reply => {
    const prefix = query.get("prefix") ?? "";
    if (query.has("uploads")) {
      const all = [...uploads].filter(([, { key }]) => key.startsWith(prefix));
      return document(
        `<ListMultipartUploadsResult><IsTruncated>false</IsTruncated>${all
          .map(
            ([id, { key, initiatedAtMs }]) =>
              `<Upload><Key>${key}</Key><UploadId>${id}</UploadId><Initiated>${new Date(initiatedAtMs).toISOString()}</Initiated></Upload>`,
          )
          .join("")}</ListMultipartUploadsResult>`,
      );
    }
    const after = query.get("start-after") ?? "";
    const keys = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
    const page = keys.slice(0, Number(query.get("max-keys") ?? 1000));
    return document(
      `<ListBucketResult><IsTruncated>${page.length < keys.length}</IsTruncated>${page
        .map((key) => {
          const object = objects.get(key);
          return `<Contents><Key>${escapeXml(key)}</Key><LastModified>${new Date(object?.modifiedAtMs ?? 0).toISOString()}</LastModified><ETag>x</ETag><Size>${object?.body.length ?? 0}</Size></Contents>`;
        })
        .join("")}</ListBucketResult>`,
    );
  };

  const handle = (request: SeenRequest, host: string, body: Buffer): Reply => {
    largest = Math.max(largest, body.length);
    if (!isSigned(request, { host, credentials })) return refuse(403, "SignatureDoesNotMatch");
    const sent = request.headers["x-amz-content-sha256"];
    if (sent !== createHash("sha256").update(body).digest("hex"))
      return refuse(400, "XAmzContentSHA256Mismatch");
    const [, bucket, key] = /^\/([^/]+)\/(.*)$/.exec(request.path) ?? [];
    if (bucket !== BUCKET || key === undefined) return refuse(404, "NoSuchBucket");
    return key === "" ? onBucket(request) : onObject(request, decodeURIComponent(key), body);
  };

  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(incoming.url ?? "/", "http://fake");
    const { method = "", headers } = incoming;
    const request: SeenRequest = { method, path: url.pathname, query: url.searchParams, headers };
    requests.push(request);
    const fault = decide(request);
    const body = await buffer(incoming);
    if (fault === "silent") return;
    const reply =
      fault === "unavailable"
        ? refuse(503, "SlowDown")
        : fault === "conflict"
          ? refuse(409, "ConditionalRequestConflict")
          : fault === "late"
            ? { ...refuse(200, "InternalError") }
            : handle(request, headers.host ?? "", body);
    if (fault === "lost") {
      incoming.socket.destroy();
      return;
    }
    const content = Buffer.from(reply.body ?? "");
    if (fault === "flipped" && content.length > 0) {
      const middle = Math.floor(content.length / 2);
      content.writeUInt8(content.readUInt8(middle) ^ 1, middle);
    }
    response.writeHead(reply.status, { "content-length": String(content.length), ...reply.headers });
    if (fault === "truncated" && content.length > 1) {
      response.write(content.subarray(0, Math.floor(content.length / 2)), () => incoming.socket.destroy());
      return;
    }
    response.end(method === "HEAD" ? undefined : content);
  };

  const server = createServer((incoming, response) => {
    answer(incoming, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const bound = server.address();
  return {
    endpoint: `http://127.0.0.1:${typeof bound === "object" && bound !== null ? bound.port : 0}`,
    bucket: BUCKET,
    credentials,
    objects,
    uploads,
    requests,
    largestBodyBytes: () => largest,
    onRequest(decider) {
      decide = decider;
    },
    setTime(atMs) {
      now = atMs;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

/** Region that requests must be signed for. */
export const FAKE_S3_REGION = REGION;

function readObject(object: StoredObject, headers: IncomingMessage["headers"]): Reply {
  if (headers["if-match"] !== undefined && headers["if-match"] !== object.etag)
    return refuse(412, "PreconditionFailed");
  const common = { etag: object.etag, ...object.meta };
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? "") ?? [];
  if (from === undefined) return { status: 200, headers: common, body: object.body };
  if (Number(from) >= object.body.length) return refuse(416, "InvalidRange");
  const body = object.body.subarray(Number(from), to === "" ? undefined : Number(to) + 1);
  return { status: 206, headers: common, body };
}

function metaOf(headers: IncomingMessage["headers"]): Record<string, string> {
  const entries = Object.entries(headers).filter(([name]) => name.startsWith("x-amz-meta-"));
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}

/** Sign again, with another library, what says it is signed. */
function isSigned(
  { method, path, query, headers }: SeenRequest,
  { host, credentials }: { readonly host: string; readonly credentials: FakeS3["credentials"] },
): boolean {
  const authorization = headers.authorization ?? "";
  const names = /SignedHeaders=([^,]+),/.exec(authorization)?.[1]?.split(";") ?? [];
  if (!["host", "x-amz-content-sha256", "x-amz-date"].every((name) => names.includes(name))) return false;
  if (headers["if-none-match"] !== undefined && !names.includes("if-none-match")) return false;
  const signed = sign(
    {
      service: "s3",
      region: REGION,
      method,
      host,
      path: query.size === 0 ? path : `${path}?${query.toString().replaceAll("+", "%20")}`,
      headers: Object.fromEntries(names.map((name) => [name, String(headers[name])])),
    },
    {
      accessKeyId: credentials.accessKeyId,
      secretAccessKey: credentials.secretAccessKey,
      sessionToken: credentials.sessionToken,
    },
  );
  return String(signed.headers?.["Authorization"]) === authorization;
}
