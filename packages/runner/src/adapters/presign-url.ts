import { createHash, createHmac } from "node:crypto";

/** Whose signature, for which region, as of when. */
export interface PresignOptions {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly region: string;
  readonly now: Date;
  /** How long the address works. @default 300 */
  readonly expiresS?: number;
}

const ALGORITHM = "AWS4-HMAC-SHA256";

/** An S3 address with a signature in its query (AWS Signature Version 4): it opens one object, for a while. */
export function presignUrl(url: URL, method: "GET" | "HEAD", options: PresignOptions): URL {
  const { accessKeyId, secretAccessKey, sessionToken, region, now, expiresS = 300 } = options;
  const at = now.toISOString().replace(/[-:]|\.\d+/g, "");
  const day = at.slice(0, 8);
  const scope = `${day}/${region}/s3/aws4_request`;
  const path = url.pathname
    .split("/")
    .map((segment) => encode(decodeURIComponent(segment)))
    .join("/");
  const query = Object.entries({
    "X-Amz-Algorithm": ALGORITHM,
    "X-Amz-Credential": `${accessKeyId}/${scope}`,
    "X-Amz-Date": at,
    "X-Amz-Expires": String(expiresS),
    ...(sessionToken === undefined ? {} : { "X-Amz-Security-Token": sessionToken }),
    "X-Amz-SignedHeaders": "host",
  })
    .map(([name, value]) => `${name}=${encode(value)}`)
    .join("&");
  const canonical = [method, path, query, `host:${url.host}`, "", "host", "UNSIGNED-PAYLOAD"].join("\n");
  const digest = createHash("sha256").update(canonical).digest("hex");
  const key = [day, region, "s3", "aws4_request"].reduce<string | Buffer>(
    (secret, part) => createHmac("sha256", secret).update(part).digest(),
    `AWS4${secretAccessKey}`,
  );
  const signature = createHmac("sha256", key).update([ALGORITHM, at, scope, digest].join("\n")).digest("hex");
  return new URL(`${url.origin}${path}?${query}&X-Amz-Signature=${signature}`);
}

/** Everything but the unreserved characters of RFC 3986. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
