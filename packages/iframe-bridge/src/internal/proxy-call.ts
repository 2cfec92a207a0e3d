import type { ApiProxyPayload } from "../envelope.ts";
import { BridgeError } from "../errors.ts";
import { BRIDGE_LIMITS } from "../limits.ts";
import type { BridgeFetch } from "../ports.ts";

const REQUEST_HEADERS = ["accept", "content-type", "x-request-id"];
const RESPONSE_HEADERS = [
  "cache-control",
  "content-language",
  "content-type",
  "etag",
  "last-modified",
  "retry-after",
  "x-ext-request-id",
  "x-ext-warning",
  "x-request-id",
];
const HEADER_VALUE = /^[\t\u0020-\u007e]{0,512}$/;

/** The HTTP answer of one proxied call; headers are those the gateway lets an extension set. */
export interface ProxyAnswer {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly body: ArrayBuffer;
}

function requestHeaders(payload: ApiProxyPayload): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(payload.headers ?? {})) {
    const lower = name.toLowerCase();
    if (REQUEST_HEADERS.includes(lower) && HEADER_VALUE.test(value)) headers[lower] = value;
  }
  if (payload.body !== undefined && headers["content-type"] === undefined) {
    headers["content-type"] = "application/octet-stream";
  }
  return headers;
}

async function readCapped(response: Response): Promise<ArrayBuffer> {
  if (response.body === null) return new ArrayBuffer(0);
  const declared = Number(response.headers.get("content-length") ?? "0");
  if (declared > BRIDGE_LIMITS.proxyBodyBytes) {
    await response.body.cancel();
    throw tooLarge();
  }
  const reader = response.body.getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > BRIDGE_LIMITS.proxyBodyBytes) {
      await reader.cancel();
      throw tooLarge();
    }
    parts.push(value);
  }
  const body = new Uint8Array(size);
  let offset = 0;
  for (const part of parts) {
    body.set(part, offset);
    offset += part.byteLength;
  }
  return body.buffer;
}

function tooLarge(): BridgeError {
  return new BridgeError("payload_too_large", "The answer is larger than 10 MiB.", {
    details: { limitBytes: BRIDGE_LIMITS.proxyBodyBytes },
  });
}

/**
 * Make one call for a frame with the host's own session; the frame never sees the session.
 *
 * @throws {BridgeError} `proxy_failed` when there is no HTTP answer, `payload_too_large` when it is above 10 MiB.
 */
export async function proxyCall(
  url: string,
  payload: ApiProxyPayload,
  options: { readonly fetch: BridgeFetch; readonly signal: AbortSignal },
): Promise<ProxyAnswer> {
  const method = payload.method ?? "POST";
  try {
    const response = await options.fetch(url, {
      method,
      headers: requestHeaders(payload),
      credentials: "same-origin",
      // A redirect could carry the session's cookies to a place nobody checked.
      redirect: "error",
      signal: options.signal,
      ...(method === "GET" || payload.body === undefined ? {} : { body: payload.body }),
    });
    const headers: Record<string, string> = {};
    for (const name of RESPONSE_HEADERS) {
      const value = response.headers.get(name);
      if (value !== null) headers[name] = value;
    }
    return { status: response.status, headers, body: await readCapped(response) };
  } catch (error) {
    if (error instanceof BridgeError) throw error;
    throw new BridgeError("proxy_failed", "The host could not reach the extension's API.", {
      cause: error,
      retryable: true,
    });
  }
}
