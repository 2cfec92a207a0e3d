import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { wireErrorResponse } from "@alga-ext/protocol";
import { toRequest } from "./to-request.ts";

/**
 * Serve a web-standard handler from `node:http`. The request's signal aborts when the client goes away.
 *
 * Nothing a client sends makes it throw: what is no request is answered 400 or 405, a handler that fails 500.
 */
export function toNodeListener(
  handle: (request: Request) => Promise<Response>,
): (req: IncomingMessage, res: ServerResponse) => void {
  return (req, res) => {
    serve(handle, req, res).catch(() => res.destroy());
  };
}

async function serve(
  handle: (request: Request) => Promise<Response>,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  res.once("close", () => {
    if (!res.writableFinished) gone.abort();
  });
  // A socket that breaks mid-body or mid-answer ends this exchange and nothing else.
  req.on("error", () => undefined);
  res.on("error", () => undefined);
  const request = toRequest(req, gone.signal);
  if (request instanceof Response) {
    // What follows on this connection may be anything.
    request.headers.set("connection", "close");
    await write(request, res);
    return;
  }
  let response: Response;
  try {
    response = await handle(request);
  } catch {
    response = wireErrorResponse("internal_error");
  }
  await write(response, res);
}

async function write(response: Response, res: ServerResponse): Promise<void> {
  res.writeHead(response.status, Object.fromEntries(response.headers));
  if (response.body === null) {
    res.end();
    return;
  }
  await pipeline(Readable.fromWeb(response.body as never), res);
}
