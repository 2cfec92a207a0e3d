import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Runner } from "../create-runner.ts";
import { toNodeListener } from "../http/node-listener.ts";
import type { ListenOptions } from "./read-environment.ts";

/** The two listeners of a runner process. */
export interface RunnerServer {
  readonly port: number;
  readonly uiPort: number;
  /** Stop taking connections and end the idle ones. */
  close(): Promise<void>;
}

const MAX_HEADERS = 100;

/**
 * Listen: the internal API on one port, the UI on another, so that no UI document shares an origin with the API.
 *
 * Rejects with the name of the variable when a port is taken.
 */
export async function serve(runner: Runner, options: ListenOptions): Promise<RunnerServer> {
  const internal = await listen(runner.listener, options.host, { port: options.port, variable: "PORT" });
  const ui = await listen(toNodeListener(runner.fetchUi), options.host, {
    port: options.uiPort,
    variable: "RUNNER_UI_PORT",
  }).catch(async (error: unknown) => {
    await end(internal);
    throw error;
  });
  return {
    port: (internal.address() as AddressInfo).port,
    uiPort: (ui.address() as AddressInfo).port,
    async close() {
      await Promise.all([end(internal), end(ui)]);
    },
  };
}

async function listen(
  listener: RequestListener,
  host: string,
  { port, variable }: { port: number; variable: string },
): Promise<Server> {
  const server = createServer(
    { requestTimeout: 60_000, headersTimeout: 10_000, connectionsCheckingInterval: 2_000 },
    listener,
  );
  server.maxHeadersCount = MAX_HEADERS;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) =>
      reject(new Error(`Cannot listen on ${host}:${port}; set ${variable} to another port.`, { cause })),
    );
    server.listen(port, host, resolve);
  });
  return server;
}

async function end(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}
