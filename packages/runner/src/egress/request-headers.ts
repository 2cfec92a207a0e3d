const NAME = /^[a-z0-9!#$%&'*+.^_`|~-]{1,100}$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]{0,8192}$/;
/** Headers of the HTTP standards that a guest may send. */
const STANDARD: ReadonlySet<string> = new Set([
  "accept",
  "accept-charset",
  "accept-language",
  "authorization",
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "content-md5",
  "content-type",
  "date",
  "digest",
  "from",
  "idempotency-key",
  "if-match",
  "if-modified-since",
  "if-none-match",
  "if-range",
  "if-unmodified-since",
  "link",
  "prefer",
  "range",
  "referer",
  "signature",
  "signature-input",
  "traceparent",
  "tracestate",
  "user-agent",
  // names that vendors chose without a hyphen
  "apikey",
  "token",
]);
/** A vendor's own header has a hyphen, as `x-api-key` or `notion-version`. */
const VENDOR = /^[a-z0-9]+(?:-[a-z0-9_]+)+$/;
/** What looks like a vendor's and is not: steers the connection or a cache, or claims an identity on the way. */
const RESERVED =
  /^(?:accept|access-control|alt|cf|cdn|client|clear|connection|content|cross-origin|early|expect|fastly|fly|forwarded|front-end|if|keep|max|permissions|proxy|sec|set|strict-transport|surrogate|transfer|true-client|upgrade|via|x-alga|x-amz-cf|x-client-ip|x-cluster-client-ip|x-ext|x-forwarded|x-forwarded-for|x-http-method|x-internal|x-method|x-original|x-real-ip|x-remote|x-rewrite|x-runner)(?:-|$)/;
const MAX_HEADERS = 64;
const MAX_HEADER_BYTES = 16 * 1024;

/**
 * The headers of a guest request that may leave, lower-case: known ones of the standards and vendors' own. Others are
 * dropped, above all those that steer a connection or claim an identity.
 *
 * @returns null when a name or value is malformed or there are too many.
 */
export function toRequestHeaders(headers: readonly (readonly [string, string])[]): [string, string][] | null {
  const out: [string, string][] = [];
  let bytes = 0;
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (!NAME.test(lower) || !VALUE.test(value)) return null;
    bytes += lower.length + value.length;
    if (out.length >= MAX_HEADERS || bytes > MAX_HEADER_BYTES) return null;
    if (STANDARD.has(lower) || (VENDOR.test(lower) && !RESERVED.test(lower))) out.push([lower, value]);
  }
  // Compressed answers would need a decoder with its own cap.
  out.push(["accept-encoding", "identity"]);
  return out;
}
