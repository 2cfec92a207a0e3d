import type { IncomingMessage, ServerResponse } from "node:http";
import { serveNode, type ParsedBody } from "../node/serve-node.ts";
import type { FetchLike } from "../node/to-node-handler.ts";

/** What the adapter uses of an Express request. */
export type ExpressRequest = IncomingMessage & ParsedBody & { readonly originalUrl?: string };

/** An Express middleware, in as many words as it needs. */
export type ExpressMiddleware = (
  request: ExpressRequest,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/**
 * Serve a gateway from Express 4 or 5; what is none of its paths goes on to `next`.
 *
 * Mount it before `express.json()`: extensions then get bodies byte for byte, capped while they stream. After it, JSON
 * is written out once more, a raw parser's bytes are used as they are, and any other body is a `TypeError` to `next`.
 *
 * @example
 * app.use(toExpressMiddleware(gateway));
 */
export function toExpressMiddleware(gateway: { readonly fetch: FetchLike }): ExpressMiddleware {
  return (incoming, outgoing, next) => {
    const exchange = { incoming, outgoing, target: incoming.originalUrl, parsed: incoming };
    serveNode((request) => gateway.fetch(request), exchange).then(
      (isAnswered) => (isAnswered ? undefined : next()),
      next,
    );
  };
}
