import { createHash, createHmac } from "node:crypto";

/** What requests are signed with; temporary ones come with a session token. */
export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** A request before it is signed. */
export interface UnsignedRequest {
  readonly method: string;
  /** Path as it goes over the wire, each segment percent-encoded once. */
  readonly url: URL;
  /** Lower-case names; all of them are signed. */
  readonly headers: Readonly<Record<string, string>>;
  /** 64 lower-case hex digits over the body. */
  readonly bodySha256: string;
}

/** Digest of a body without bytes. */
export const EMPTY_SHA256 = createHash("sha256").digest("hex");

/**
 * Headers of a request with AWS Signature Version 4 for S3, over its whole body.
 *
 * Ours, because the small client libraries sign no body, take no session token, or hide their signing.
 */
export function signRequest(
  { method, url, headers, bodySha256 }: UnsignedRequest,
  {
    credentials,
    region,
    atMs,
  }: { readonly credentials: S3Credentials; readonly region: string; readonly atMs: number },
): Record<string, string> {
  const at = new Date(atMs).toISOString().replaceAll(/[-:]|\.\d{3}/g, "");
  const scope = `${at.slice(0, 8)}/${region}/s3/aws4_request`;
  const signed: Record<string, string> = {
    ...headers,
    host: url.host,
    "x-amz-content-sha256": bodySha256,
    "x-amz-date": at,
    ...(credentials.sessionToken === undefined ? {} : { "x-amz-security-token": credentials.sessionToken }),
  };
  const names = Object.keys(signed).sort();
  const canonical = [
    method,
    url.pathname,
    canonicalQuery(url.searchParams),
    ...names.map((name) => `${name}:${(signed[name] ?? "").trim().replaceAll(/ +/g, " ")}`),
    "",
    names.join(";"),
    bodySha256,
  ].join("\n");
  const toSign = ["AWS4-HMAC-SHA256", at, scope, createHash("sha256").update(canonical).digest("hex")].join(
    "\n",
  );
  const key = [at.slice(0, 8), region, "s3", "aws4_request"].reduce<string | Buffer>(
    (secret, part) => createHmac("sha256", secret).update(part).digest(),
    `AWS4${credentials.secretAccessKey}`,
  );
  const signature = createHmac("sha256", key).update(toSign).digest("hex");
  // `fetch` sets the host itself, to the same value.
  const { host: _, ...sent } = signed;
  return {
    ...sent,
    authorization: `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${names.join(";")}, Signature=${signature}`,
  };
}

/** A query as it is signed, and as it must therefore be sent: sorted, everything but unreserved characters encoded. */
export function canonicalQuery(query: URLSearchParams): string {
  return [...query]
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([a, x], [b, y]) => (a === b ? compare(x, y) : compare(a, b)))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
