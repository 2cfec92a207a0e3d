import { createServer, type Server } from "node:http";
import { toNodeHandler, type FetchLike, type NodeHandlerOptions } from "./to-node-handler.ts";

/** Limits of a server that strangers may connect to; times in milliseconds, sizes in bytes. */
export const NODE_SERVER_LIMITS = {
  /** All header lines together; more is 431. */
  maxHeaderSize: 16 * 1024,
  /** From the first byte to the end of the headers; slower is 408 and the end of the connection. */
  headersTimeout: 15_000,
  /** From the first byte to the end of the body; likewise. */
  requestTimeout: 60_000,
  /** How often the two above are looked at. Node's own 30 s would make them half a minute longer. */
  connectionsCheckingInterval: 1000,
  /** How long a connection may wait for its next request; longer than the minute that load balancers keep theirs. */
  keepAliveTimeout: 65_000,
  /** Above the 100 that the handler takes: Node drops what exceeds it without a word, the handler refuses. */
  maxHeadersCount: 200,
} as const;

/** Options of {@link createNodeServer}: any of {@link NODE_SERVER_LIMITS}, and those of the handler. */
export type NodeServerOptions = NodeHandlerOptions & {
  readonly [Limit in keyof typeof NODE_SERVER_LIMITS]?: number;
};

/**
 * Create a `node:http` server around {@link toNodeHandler} with limits against slow and oversized requests, which Node
 * leaves wide; not yet listening.
 *
 * @example
 * createNodeServer((request) => gateway.fetch(request)).listen(3000);
 */
export function createNodeServer(fetch: FetchLike, options: NodeServerOptions = {}): Server {
  const { maxHeadersCount, ...limits } = { ...NODE_SERVER_LIMITS, ...options };
  const server = createServer(limits, toNodeHandler(fetch, options));
  server.maxHeadersCount = maxHeadersCount;
  return server;
}
