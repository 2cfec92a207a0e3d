import { createServer, type RequestListener, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Runner } from "../create-runner.ts";
import { toNodeListener } from "../http/node-listener.ts";
import type { ListenOptions } from "./read-environment.ts";

/** The two listeners of a runner process. */
export interface RunnerServer {
  readonly port: number;
  readonly uiPort: number;
  /** Take no more connections, end the idle ones now and the others after their answer; resolves when all are gone. */
  close(): Promise<void>;
}

/** How long clients may take; what is later is cut. */
export interface ServeTimeouts {
  /** @default 10000 */
  readonly headersMs?: number;
  /** Headers and body. @default 60000 */
  readonly requestMs?: number;
  /** How often connections are looked at. @default 2000 */
  readonly checkMs?: number;
}

const MAX_HEADERS = 100;

/**
 * Listen: the internal API on one port, the UI on another, so that no UI document shares an origin with the API.
 *
 * Rejects with the name of the variable when a port is taken.
 */
export async function serve(
  runner: Runner,
  options: ListenOptions,
  timeouts: ServeTimeouts = {},
): Promise<RunnerServer> {
  const { host } = options;
  const internal = await listen(runner.listener, { host, port: options.port, variable: "PORT", timeouts });
  const ui = await listen(toNodeListener(runner.fetchUi), {
    host,
    port: options.uiPort,
    variable: "RUNNER_UI_PORT",
    timeouts,
  }).catch(async (error: unknown) => {
    await internal.end();
    throw error;
  });
  return {
    port: internal.port,
    uiPort: ui.port,
    async close() {
      await Promise.all([internal.end(), ui.end()]);
    },
  };
}

interface Listening {
  readonly port: number;
  end(): Promise<void>;
}

async function listen(
  listener: RequestListener,
  at: { host: string; port: number; variable: string; timeouts: ServeTimeouts },
): Promise<Listening> {
  const { headersMs = 10_000, requestMs = 60_000, checkMs = 2_000 } = at.timeouts;
  const server = createServer({
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    connectionsCheckingInterval: checkMs,
  });
  server.maxHeadersCount = MAX_HEADERS;
  const answering = new Set<ServerResponse>();
  // Node 24 does not count them as idle.
  const silent = new Set<Socket>();
  server.on("connection", (socket) => {
    silent.add(socket);
    socket.once("close", () => silent.delete(socket));
  });
  server.on("request", (req, res) => {
    silent.delete(req.socket);
    answering.add(res);
    res.once("close", () => {
      answering.delete(res);
      if (!server.listening) setImmediate(() => server.closeIdleConnections());
    });
    listener(req, res);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) =>
      reject(
        new Error(`Cannot listen on ${at.host}:${at.port}; set ${at.variable} to another port.`, { cause }),
      ),
    );
    server.listen(at.port, at.host, resolve);
  });
  return { port: (server.address() as AddressInfo).port, end: () => end(server, { answering, silent }) };
}

async function end(
  server: Server,
  { answering, silent }: { answering: ReadonlySet<ServerResponse>; silent: ReadonlySet<Socket> },
): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    for (const socket of silent) if (socket.bytesRead === 0) socket.destroy();
    // Clients must not send the next request on a connection that ends with this answer.
    for (const res of answering) if (!res.headersSent) res.setHeader("connection", "close");
  });
}
