import type { IncomingMessage } from "node:http";
import { wireErrorResponse } from "@alga-ext/protocol";

/** Node drops headers above the server's own `maxHeadersCount` without a word; this many are refused instead. */
const MAX_HEADERS = 100;
const HOST = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;
/** No handler looks at the host; a fixed one cannot be chosen by a client. */
const BASE = "http://runner";

/**
 * The web-standard request of a node one, or the answer that refuses it; never throws.
 *
 * Only origin-form targets in normal form are taken, so that no two readers of a path can see two paths.
 */
export function toRequest(incoming: IncomingMessage, signal: AbortSignal): Request | Response {
  const url = toUrl(incoming);
  if (url === null)
    return wireErrorResponse("invalid_request", { message: "The request line or Host is malformed." });
  const method = incoming.method ?? "GET";
  const hasBody = method !== "GET" && method !== "HEAD" && isBodied(incoming);
  const init: RequestInit & { duplex: "half" } = {
    method,
    headers: toHeaders(incoming),
    signal,
    duplex: "half",
    body: hasBody ? toBodyStream(incoming) : null,
  };
  try {
    return new Request(url, init);
  } catch {
    // TRACE and the like are no requests to the web standard.
    return wireErrorResponse("method_not_allowed");
  }
}

/** The URL of a request in normal form from one host, or null for anything else. */
export function toUrl(incoming: IncomingMessage): URL | null {
  const { url: target = "" } = incoming;
  if (!hasSoundHead(incoming)) return null;
  if (!target.startsWith("/") || target.startsWith("//") || target.includes("#")) return null;
  const url = URL.parse(`${BASE}${target}`);
  return url !== null && url.origin === BASE && url.pathname === target.split("?", 1)[0] ? url : null;
}

/** Whether a request names one host and few enough headers: what is wrong with a request besides its target. */
export function hasSoundHead({ httpVersion, rawHeaders, headers }: IncomingMessage): boolean {
  let host = httpVersion === "1.0" ? "none" : "";
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at];
    if (name?.length !== 4 || name.toLowerCase() !== "host") continue;
    host = rawHeaders[at + 1] ?? "";
    hosts += 1;
  }
  if (hosts > 1 || !HOST.test(host) || rawHeaders.length / 2 >= MAX_HEADERS) return false;
  return httpVersion !== "1.0" || headers["transfer-encoding"] === undefined;
}

function toHeaders(incoming: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined) headers.append(name, one);
  }
  return headers;
}

function isBodied({ headers }: IncomingMessage): boolean {
  const length = headers["content-length"];
  return headers["transfer-encoding"] !== undefined || (length !== undefined && length !== "0");
}

/** The body, pulled chunk by chunk; unlike `Readable.toWeb`, cancelling it leaves the connection for the answer. */
function toBodyStream(incoming: IncomingMessage): ReadableStream<Uint8Array> {
  let isListening = false;
  let isOver = false;
  const over = (settle: () => void) => (): void => {
    if (isOver) return;
    isOver = true;
    settle();
  };
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (isListening) {
          incoming.resume();
          return;
        }
        isListening = true;
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
