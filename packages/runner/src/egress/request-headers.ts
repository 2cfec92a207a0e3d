const NAME = /^[a-z0-9!#$%&'*+.^_`|~-]{1,100}$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]{0,8192}$/;
/** Headers that steer the connection, speak for the proxy or the browser, or pretend an identity. */
const REFUSED: ReadonlySet<string> = new Set([
  "host",
  "connection",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "expect",
  "content-length",
  "accept-encoding",
  "cookie",
  "cookie2",
  "forwarded",
  "via",
  "x-real-ip",
]);
const REFUSED_PREFIX = /^(?:proxy-|x-forwarded-|x-internal-|sec-|:)/;
const MAX_HEADERS = 64;
const MAX_HEADER_BYTES = 16 * 1024;

/**
 * The headers of a guest request that may leave, lower-case; dangerous ones are dropped.
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
    if (!REFUSED.has(lower) && !REFUSED_PREFIX.test(lower)) out.push([lower, value]);
  }
  // Compressed answers would need a decoder with its own cap.
  out.push(["accept-encoding", "identity"]);
  return out;
}
