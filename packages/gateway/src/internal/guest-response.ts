import type { ExecuteResponse } from "@alga-ext/protocol";
import { GatewayError } from "../errors.ts";
import { fromBase64 } from "./base64.ts";

/** Headers of a guest that reach the caller; cookies, CSP, CORS, `location` and the rest never do. */
const GUEST_HEADERS = new Set([
  "content-type",
  "content-language",
  "content-disposition",
  "etag",
  "x-ext-request-id",
  "x-ext-warning",
]);
const MAX_VALUE_CHARACTERS = 4096;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const CONTENT_TYPE = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:\s*;.*)?$/;
const NULL_BODY = new Set([204, 205, 304]);

/**
 * Turn what a guest answered into the caller's `Response`: status 200–599, one header allowlist, `no-store` unless the
 * guest says `private`.
 *
 * The answer comes from the host's own origin, so a page among it gets no script, no form and no origin.
 *
 * @throws {GatewayError} `bad_gateway` when the answer cannot be an HTTP response.
 */
export function toGuestResponse(answer: ExecuteResponse, method: string): Response {
  const { status } = answer;
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw new GatewayError("bad_gateway", "The extension answered with a status outside 200 to 599.");
  }
  const body = NULL_BODY.has(status) ? null : toBody(answer.body_b64);
  const headers = new Headers();
  let cacheControl: string | undefined;
  for (const [rawName, value] of Object.entries(answer.headers)) {
    const name = rawName.toLowerCase();
    if (value.length > MAX_VALUE_CHARACTERS || !HEADER_VALUE.test(value)) continue;
    if (name === "cache-control") cacheControl = value;
    else if (GUEST_HEADERS.has(name)) headers.set(name, value);
  }
  if (!CONTENT_TYPE.test(headers.get("content-type") ?? "")) {
    headers.delete("content-type");
    if (body !== null) headers.set("content-type", "application/octet-stream");
  }
  const isCacheable = status === 200 && (method === "GET" || method === "HEAD");
  headers.set("cache-control", isCacheable ? toCachePolicy(cacheControl) : "no-store");
  // A private cache must not show one user's answer to the next.
  headers.set("vary", "Cookie, Authorization");
  headers.set("x-content-type-options", "nosniff");
  headers.set("content-security-policy", "default-src 'none'; frame-ancestors 'none'; sandbox");
  headers.set("cross-origin-resource-policy", "same-origin");
  if (body !== null) headers.set("content-length", String(body.byteLength));
  return new Response(method === "HEAD" ? null : body, { status, headers });
}

/** `private` answers may be kept by the caller's own browser; everything else is `no-store`. */
function toCachePolicy(value: string | undefined): string {
  const directives = (value ?? "")
    .toLowerCase()
    .split(",")
    .map((part) => part.trim());
  if (!directives.includes("private") || directives.includes("no-store")) return "no-store";
  const maxAge = directives.find((part) => /^max-age=\d{1,8}$/.test(part));
  return maxAge === undefined ? "no-store" : `private, ${maxAge}`;
}

function toBody(bodyB64: string | null): Uint8Array<ArrayBuffer> | null {
  if (bodyB64 === null) return null;
  try {
    return fromBase64(bodyB64);
  } catch (cause) {
    throw new GatewayError("bad_gateway", "The runner sent a body that is not base64.", { cause });
  }
}
