import type { ExecuteResponse } from "@alga-ext/protocol";
import { GatewayError } from "../errors.ts";
import type { Answer } from "./answer.ts";
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
const OUTER_SPACE = /^[\t ]+|[\t ]+$/g;
const CONTENT_TYPE = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:\s*;.*)?$/;
const NULL_BODY = new Set([204, 205, 304]);

/** What every answer of a guest says, whatever the guest said. */
const ALWAYS = {
  // A private cache must not show one user's answer to the next.
  vary: "Cookie, Authorization",
  "x-content-type-options": "nosniff",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
  "cross-origin-resource-policy": "same-origin",
} as const;

/**
 * Turn what a guest answered into what its caller gets: status 200–599, one header allowlist, `no-store` unless the guest
 * says `private`.
 *
 * The answer comes from the host's own origin, so a page among it gets no script, no form and no origin.
 *
 * @throws {GatewayError} `bad_gateway` when the answer cannot be an HTTP response.
 */
export function toGuestAnswer(answer: ExecuteResponse, method: string): Answer {
  const { status } = answer;
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw new GatewayError("bad_gateway", "The extension answered with a status outside 200 to 599.");
  }
  const body = NULL_BODY.has(status) ? null : toBody(answer.body_b64);
  const headers: Record<string, string> = {};
  let cacheControl: string | undefined;
  for (const rawName in answer.headers) {
    const value = answer.headers[rawName] as string;
    const name = rawName.toLowerCase();
    if (value.length > MAX_VALUE_CHARACTERS || !HEADER_VALUE.test(value)) continue;
    if (name === "cache-control") cacheControl = value;
    else if (GUEST_HEADERS.has(name)) headers[name] = value.replace(OUTER_SPACE, "");
  }
  if (!CONTENT_TYPE.test(headers["content-type"] ?? "")) {
    delete headers["content-type"];
    if (body !== null) headers["content-type"] = "application/octet-stream";
  }
  const isCacheable = status === 200 && (method === "GET" || method === "HEAD");
  headers["cache-control"] = isCacheable ? toCachePolicy(cacheControl) : "no-store";
  Object.assign(headers, ALWAYS);
  if (body !== null) headers["content-length"] = String(body.byteLength);
  return { status, headers, body: method === "HEAD" ? null : body };
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
