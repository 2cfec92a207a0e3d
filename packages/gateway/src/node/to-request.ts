import type { IncomingMessage } from "node:http";
import type { TLSSocket } from "node:tls";
import { wireErrorResponse } from "@alga-ext/protocol";

const MAX_HEADERS = 100;
const HOST = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;
/** Meant for this connection only, whatever they say; names listed in `Connection` join them. */
const HOP_BY_HOP = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];
/** As above, where the body is told again: neither its length nor its coding are what they were. */
const RETOLD = [...HOP_BY_HOP, "content-length", "content-encoding"];

/** What {@link toRequest} is told besides the node request itself. */
export interface ToRequestOptions {
  readonly signal: AbortSignal;
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
  const hasBody = method !== "GET" && method !== "HEAD" && isBodied(incoming);
  const init: RequestInit & { duplex: "half" } = {
    method,
    headers: toHeaders(incoming, options.body === undefined ? HOP_BY_HOP : RETOLD),
    signal: options.signal,
    duplex: "half",
    body: hasBody ? (options.body ?? toBodyStream(incoming)) : null,
  };
  try {
    return new Request(url, init);
  } catch {
    // CONNECT, TRACE and the like are no requests to the web standard.
    return wireErrorResponse("method_not_allowed");
  }
}

/** The URL that everything is judged by, or why there is none. */
function toUrl(incoming: IncomingMessage, target: string): URL | string {
  const hosts = incoming.rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === "host");
  const host = incoming.headers.host ?? "";
  if (hosts.length !== 1 || !HOST.test(host)) return "Exactly one valid Host header is needed.";
  if (incoming.rawHeaders.length / 2 >= MAX_HEADERS) return "Too many headers.";
  if (incoming.httpVersion === "1.0" && incoming.headers["transfer-encoding"] !== undefined) {
    return "HTTP/1.0 has no chunked bodies.";
  }
  if (!target.startsWith("/") || target.startsWith("//")) return "The request target must be a path.";
  const scheme = (incoming.socket as Partial<TLSSocket>).encrypted === true ? "https" : "http";
  // Concatenated, never resolved; then what was parsed must be what was sent, so no later reader can see another path.
  const text = `${scheme}://${host}${target}`;
  const url = URL.parse(text);
  const [path] = target.split("?", 1);
  const isSame = url !== null && url.host === new URL(`${scheme}://${host}`).host && url.pathname === path;
  return isSame && url.hash === "" && !target.includes("#")
    ? url
    : "The request target is not in normal form.";
}

function toHeaders(incoming: IncomingMessage, unwanted: readonly string[]): Headers {
  const dropped = new Set(unwanted);
  for (const name of (incoming.headers.connection ?? "").split(",")) dropped.add(name.trim().toLowerCase());
  const headers = new Headers();
  // Node has already dropped or joined repeats by the rules of each header.
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value === undefined || dropped.has(name) || name.startsWith(":")) continue;
    headers.set(name, Array.isArray(value) ? value.join(", ") : value);
  }
  return headers;
}

function isBodied(incoming: IncomingMessage): boolean {
  const { "content-length": length, "transfer-encoding": encoding } = incoming.headers;
  return encoding !== undefined || (length !== undefined && length !== "0");
}

/** The body, pulled chunk by chunk; cancelling leaves the connection usable for the answer. */
function toBodyStream(incoming: IncomingMessage): ReadableStream<Uint8Array> {
  let isListening = false;
  let isOver = false;
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (isListening) {
          incoming.resume();
          return;
        }
        isListening = true;
        const over = (settle: () => void) => (): void => {
          if (isOver) return;
          isOver = true;
          settle();
        };
        incoming.on("data", (chunk: Buffer) => {
          if (isOver) return;
          controller.enqueue(new Uint8Array(chunk));
          if ((controller.desiredSize ?? 0) <= 0) incoming.pause();
        });
        incoming.once(
          "end",
          over(() => controller.close()),
        );
        const fail = over(() => controller.error(new DOMException("The body broke off.", "NetworkError")));
        incoming.once("error", fail);
        incoming.once("close", fail);
      },
      cancel() {
        isOver = true;
        incoming.pause();
      },
    },
    { highWaterMark: 0 },
  );
}
