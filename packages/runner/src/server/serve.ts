import { createServer, type RequestListener, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Runner } from "../create-runner.ts";
import { toNodeListener } from "../http/node-listener.ts";
import type { RunnerLogger } from "../ports.ts";
import { boundConnections } from "./bound-connections.ts";
import type { ListenOptions } from "./read-environment.ts";

/** The two listeners of a runner process. */
export interface RunnerServer {
  readonly port: number;
  readonly uiPort: number;
  /** Take no more connections, end the idle ones now and the others after their answer; resolves when all are gone. */
  close(): Promise<void>;
}

/** How long clients may take; what is later is cut. And who is told of those for whom there is no place. */
export interface ServeOptions {
  /** @default 10000 */
  readonly headersMs?: number;
  /** Headers and body. @default 60000 */
  readonly requestMs?: number;
  /** How often connections are looked at. @default 2000 */
  readonly checkMs?: number;
  readonly logger?: RunnerLogger;
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
  how: ServeOptions = {},
): Promise<RunnerServer> {
  const at = { ...how, host: options.host, maxConnections: options.maxConnections };
  const internal = await listen(runner.listener, { ...at, port: options.port, variable: "PORT" });
  const ui = await listen(toNodeListener(runner.fetchUi), {
    ...at,
    port: options.uiPort,
    variable: "RUNNER_UI_PORT",
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

interface ListenAt extends ServeOptions {
  readonly host: string;
  readonly port: number;
  /** Where the port came from. */
  readonly variable: string;
  readonly maxConnections: number;
}

async function listen(listener: RequestListener, at: ListenAt): Promise<Listening> {
  const { headersMs = 10_000, requestMs = 60_000, checkMs = 2_000 } = at;
  const server = createServer({
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    connectionsCheckingInterval: checkMs,
  });
  server.maxHeadersCount = MAX_HEADERS;
  const answering = new Set<ServerResponse>();
  const silent = boundConnections(server, {
    most: at.maxConnections,
    onFull: () =>
      at.logger?.warn("connections are refused: all places are taken", {
        port: at.port,
        maxConnections: at.maxConnections,
        hint: `Look who holds connections to ${at.variable}, or raise RUNNER_MAX_CONNECTIONS.`,
      }),
  });
  server.on("request", (req, res) => {
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
    // Node 24 does not count them as idle.
    for (const socket of silent) if (socket.bytesRead === 0) socket.destroy();
    // Clients must not send the next request on a connection that ends with this answer.
    for (const res of answering) if (!res.headersSent) res.setHeader("connection", "close");
  });
}
