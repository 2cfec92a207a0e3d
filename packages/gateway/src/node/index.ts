/**
 * What the gateway needs of Node: an invoker over HTTP and an adapter for `node:http`.
 *
 * Import from `@alga-ext/gateway/node`.
 * @module
 */
export { createHttpInvoker, type HttpInvoker, type HttpInvokerOptions } from "./create-http-invoker.ts";
export type { RunnerStatus } from "./runner-spread.ts";
export { createNodeCallAuthority } from "./create-node-call-authority.ts";
export { createNodeServer, NODE_SERVER_LIMITS, type NodeServerOptions } from "./create-node-server.ts";
export { toNodeHandler, type FetchLike, type NodeHandlerOptions } from "./to-node-handler.ts";
