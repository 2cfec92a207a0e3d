import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

const BODYLESS: ReadonlySet<string | undefined> = new Set(["GET", "HEAD"]);

/**
 * Serve a web-standard handler from `node:http`. The request's signal aborts when the client goes away.
 *
 * Only origin-form targets are taken: an absolute one would let the client choose the host we believe in.
 */
export function toNodeListener(
  handle: (request: Request) => Promise<Response>,
): (req: IncomingMessage, res: ServerResponse) => void {
  return (req, res) => {
    const gone = new AbortController();
    res.once("close", () => {
      if (!res.writableFinished) gone.abort();
    });
    const target = req.url ?? "";
    if (!target.startsWith("/") || target.startsWith("//")) {
      res.writeHead(400).end();
      return;
    }
    const request = new Request(`http://runner${target}`, {
      method: req.method ?? "GET",
      headers: toHeaders(req),
      signal: gone.signal,
      ...(BODYLESS.has(req.method) ? {} : { body: Readable.toWeb(req) as ReadableStream, duplex: "half" }),
    });
    handle(request)
      .then((response) => write(response, res))
      .catch(() => res.destroy());
  };
}

function toHeaders(req: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(req.headers)) {
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined) headers.append(name, one);
  }
  return headers;
}

async function write(response: Response, res: ServerResponse): Promise<void> {
  res.writeHead(response.status, Object.fromEntries(response.headers));
  if (response.body === null) {
    res.end();
    return;
  }
  await pipeline(Readable.fromWeb(response.body as never), res);
}
