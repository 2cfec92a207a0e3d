import type { IncomingMessage, ServerResponse } from "node:http";
import { wireErrorResponse } from "@alga-ext/protocol";
import { toRequest } from "./to-request.ts";
import { writeResponse } from "./write-response.ts";

/** A web-standard handler that answers null for paths that are not its own. */
export type FetchLike = (request: Request) => Response | null | Promise<Response | null>;

/** Options of {@link toNodeHandler}. */
export interface NodeHandlerOptions {
  /** Called for requests the handler answers with null; the body is still unread. @default 404 `not_found` */
  readonly onMiss?: (request: IncomingMessage, response: ServerResponse) => void;
}

/**
 * Serve a `fetch` handler from `node:http`.
 *
 * Refuses with 400 what two parsers could read differently: targets that are not in normal origin form, more than one
 * Host, HTTP/1.0 with a chunked body, a hundred headers or more. Bodies stream both ways; when the client goes away,
 * the request's signal aborts.
 *
 * Limits of the connection itself belong to the server: `createNodeServer` sets them.
 */
export function toNodeHandler(
  fetch: FetchLike,
  options: NodeHandlerOptions = {},
): (request: IncomingMessage, response: ServerResponse) => void {
  return (incoming, outgoing) => {
    void serve(fetch, options, incoming, outgoing);
  };
}

async function serve(
  fetch: FetchLike,
  options: NodeHandlerOptions,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const request = toRequest(incoming, { outgoing });
  let response: Response | null;
  if (request instanceof Response) response = request;
  else {
    try {
      response = await fetch(request);
    } catch {
      // A handler answers its own failures; one that throws has nothing to say that a caller may see.
      response = wireErrorResponse("internal_error");
    }
    if (response === null && options.onMiss !== undefined) {
      options.onMiss(incoming, outgoing);
      return;
    }
  }
  await writeResponse(response ?? wireErrorResponse("not_found"), incoming, outgoing);
}
