import type { IncomingMessage, ServerResponse } from "node:http";
import type { TLSSocket } from "node:tls";
import { wireErrorResponse } from "@alga-ext/protocol";
import { toNodeRequest } from "./node-request.ts";

const MAX_HEADERS = 100;
const HOST = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;
/** Meant for this connection only, whatever they say; names listed in `Connection` join them. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);
/** As above, where the body is told again: neither its length nor its coding are what they were. */
const RETOLD: ReadonlySet<string> = new Set([...HOP_BY_HOP, "content-length", "content-encoding"]);
/** Values of `Connection` that name no other header. */
const NAMES_NONE = /^\s*(?:keep-alive|close)?\s*$/i;

/** The Fetch standard knows no requests with these. */
const NO_REQUESTS: ReadonlySet<string> = new Set(["CONNECT", "TRACE", "TRACK"]);

/** What {@link toRequest} is told besides the node request itself. */
export interface ToRequestOptions {
  readonly outgoing: ServerResponse;
  /** @default incoming.url */
  readonly target?: string | undefined;
  /** The body, where it was read already: another stream than the one whose length the headers tell. */
  readonly body?: ReadableStream<Uint8Array> | undefined;
}

/** The web-standard request of a node one, or the 400 that refuses it. */
export function toRequest(incoming: IncomingMessage, options: ToRequestOptions): Request | Response {
  const url = toUrl(incoming, options.target ?? incoming.url ?? "");
  if (typeof url === "string") return wireErrorResponse("invalid_request", { message: url });
  const method = incoming.method ?? "GET";
  if (NO_REQUESTS.has(method)) return wireErrorResponse("method_not_allowed");
  const { outgoing, body } = options;
  return toNodeRequest({
    incoming,
    outgoing,
    url,
    method,
    headers: toHeaders(incoming, body === undefined ? HOP_BY_HOP : RETOLD),
    hasBody: method !== "GET" && method !== "HEAD" && isBodied(incoming),
    body,
  });
}

/** The URL that everything is judged by, or why there is none. */
function toUrl(incoming: IncomingMessage, target: string): URL | string {
  const host = incoming.headers.host ?? "";
  if (countHosts(incoming.rawHeaders) !== 1 || !HOST.test(host))
    return "Exactly one valid Host header is needed.";
  if (incoming.rawHeaders.length / 2 >= MAX_HEADERS) return "Too many headers.";
  // A line without a version is HTTP/0.9 to Node, which reads on; other parsers do not.
  if (incoming.httpVersion !== "1.1" && incoming.httpVersion !== "1.0")
    return "The version must be HTTP/1.1.";
  if (incoming.httpVersion === "1.0" && incoming.headers["transfer-encoding"] !== undefined) {
    return "HTTP/1.0 has no chunked bodies.";
  }
  if (!target.startsWith("/") || target.startsWith("//")) return "The request target must be a path.";
  const scheme = (incoming.socket as Partial<TLSSocket>).encrypted === true ? "https" : "http";
  // Concatenated, never resolved; then what was parsed must be what was sent, so no later reader can see another path.
  const text = `${scheme}://${host}${target}`;
  const url = URL.parse(text);
  const end = target.indexOf("?");
  const path = end < 0 ? target : target.slice(0, end);
  if (url === null || url.pathname !== path || target.includes("#")) {
    return "The request target is not in normal form.";
  }
  // Another spelling of the host, such as in capitals, is its own only if it is so without the target, too.
  return url.host === host || url.host === URL.parse(`${scheme}://${host}`)?.host
    ? url
    : "The request target is not in normal form.";
}

function countHosts(rawHeaders: readonly string[]): number {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]!.length === 4 && rawHeaders[index]!.toLowerCase() === "host") count++;
  }
  return count;
}

function toHeaders(incoming: IncomingMessage, unwanted: ReadonlySet<string>): Record<string, string> {
  const { connection = "" } = incoming.headers;
  let dropped = unwanted;
  if (!NAMES_NONE.test(connection)) {
    const named = connection.split(",").map((name) => name.trim().toLowerCase());
    dropped = new Set([...unwanted, ...named]);
  }
  const headers: Record<string, string> = {};
  // Node has already dropped or joined repeats by the rules of each header.
  for (const name in incoming.headers) {
    const value = incoming.headers[name];
    if (value === undefined || dropped.has(name) || name.startsWith(":")) continue;
    headers[name] = typeof value === "string" ? value : value.join(", ");
  }
  return headers;
}

function isBodied(incoming: IncomingMessage): boolean {
  const { "content-length": length, "transfer-encoding": encoding } = incoming.headers;
  return encoding !== undefined || (length !== undefined && length !== "0");
}
