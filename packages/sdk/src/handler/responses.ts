import type { ExecuteResponse, HttpHeader } from "../ports.ts";

/** Status and headers of a response. */
export interface ResponseInit {
  /** @default 200 */
  readonly status?: number;
  /** Added to, and stronger than, the default `content-type: application/json`. */
  readonly headers?: readonly HttpHeader[];
}

/** A JSON response; a `Uint8Array` is taken as JSON text already encoded. */
export function jsonResponse(body: unknown, init: ResponseInit = {}): ExecuteResponse {
  const bytes = body instanceof Uint8Array ? body : new TextEncoder().encode(JSON.stringify(body) ?? "null");
  const headers = init.headers ?? [];
  const hasType = headers.some(({ name }) => name.toLowerCase() === "content-type");
  return {
    status: init.status ?? 200,
    headers: hasType ? headers : [{ name: "content-type", value: "application/json" }, ...headers],
    body: bytes,
  };
}

/** A response without a body. @default status 204 */
export function emptyResponse(status = 204): ExecuteResponse {
  return { status, headers: [], body: null };
}
