import type { IncomingMessage, ServerResponse } from "node:http";
import { serveNode } from "../node/serve-node.ts";
import type { FetchLike } from "../node/to-node-handler.ts";

/** What the adapter uses of a Koa context. */
export interface KoaContext {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly originalUrl: string;
  readonly request: object;
  respond?: boolean | undefined;
}

/** A Koa middleware, in as many words as it needs. */
export type KoaMiddleware = (context: KoaContext, next: () => Promise<unknown>) => Promise<unknown>;

/**
 * Serve a gateway from Koa; what is none of its paths goes on to `next`.
 *
 * Use it before body parsers: extensions then get bodies byte for byte, capped while they stream. After one, JSON is
 * written out once more, a raw body is used as it is, and any other body is a `TypeError`.
 *
 * @example
 * app.use(toKoaMiddleware(gateway));
 */
export function toKoaMiddleware(gateway: { readonly fetch: FetchLike }): KoaMiddleware {
  return async (context, next) => {
    const isAnswered = await serveNode((request) => gateway.fetch(request), {
      incoming: context.req,
      outgoing: context.res,
      target: context.originalUrl,
      parsed: context.request,
      onAnswer: () => {
        context.respond = false;
      },
    });
    if (!isAnswered) await next();
  };
}
