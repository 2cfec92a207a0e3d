import type { IncomingMessage, ServerResponse } from "node:http";
import { serveNode } from "../node/serve-node.ts";
import type { FetchLike } from "../node/to-node-handler.ts";

/** What the plugin uses of a Fastify instance. */
export interface FastifyLike {
  addHook(
    name: "onRequest",
    hook: (
      request: { readonly raw: IncomingMessage },
      reply: { readonly raw: ServerResponse; hijack(): unknown },
    ) => Promise<void>,
  ): unknown;
}

/** A Fastify plugin, in as many words as it needs. */
export type FastifyPlugin = (instance: FastifyLike, options: unknown, done: () => void) => void;

/**
 * Serve a gateway from Fastify 5; what is none of its paths goes on to the routes of the app.
 *
 * A hook before routing's own: content-type parsers, `bodyLimit` and schemas do not touch what is the gateway's, nor do
 * `onSend` hooks change its answers.
 *
 * @example
 * await app.register(toFastifyPlugin(gateway));
 */
export function toFastifyPlugin(gateway: { readonly fetch: FetchLike }): FastifyPlugin {
  const plugin: FastifyPlugin = (instance, _options, done) => {
    instance.addHook("onRequest", async ({ raw: incoming }, reply) => {
      const onAnswer = (): void => void reply.hijack();
      await serveNode((request) => gateway.fetch(request), { incoming, outgoing: reply.raw, onAnswer });
    });
    done();
  };
  // Otherwise the hook would see the routes of this plugin only, which has none.
  return Object.assign(plugin, { [Symbol.for("skip-override")]: true });
}
