import { once } from "node:events";
import { Agent, createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { serve as serveHono } from "@hono/node-server";
import express from "express";
import Fastify from "fastify";
import { Hono } from "hono";
import Koa from "koa";
import { afterAll, afterEach, beforeAll, describe, test } from "vitest";
import { createNodeServer } from "../node/create-node-server.ts";
import {
  ADAPTER_CONTRACT,
  NODE_ADAPTER_CONTRACT,
  type AdaptedGateway,
  type AdapterContractCase,
} from "../testing/adapter.contract.ts";
import { createContractHost } from "../testing/contract-host.ts";
import { CONTRACT_ROWS } from "../testing/contract-rows.ts";
import { runContractRow } from "../testing/run-contract-row.ts";
import { sendAsIs } from "../testing/send-as-is.ts";
import { toExpressMiddleware } from "./express.ts";
import { toFastifyPlugin } from "./fastify.ts";
import { toHonoMiddleware } from "./hono.ts";
import { toKoaMiddleware } from "./koa.ts";

/** A listening server of one framework, with a `POST /own` of the host's. */
type Mount = (gateway: AdaptedGateway) => Promise<Server>;

const listen = async (server: Server): Promise<Server> => {
  await once(server.listen(0, "127.0.0.1"), "listening");
  return server;
};

const MOUNTS: Readonly<Record<string, { readonly mount: Mount; readonly isNode: boolean }>> = {
  "node:http": {
    isNode: true,
    mount: (gateway) => {
      const onMiss = (incoming: IncomingMessage, outgoing: NodeJS.WritableStream): void => {
        if (incoming.url === "/own") incoming.pipe(outgoing);
        else Object.assign(outgoing, { statusCode: 404 }).end();
      };
      return listen(createNodeServer((request) => gateway.fetch(request), { onMiss }));
    },
  },
  Express: {
    isNode: true,
    mount: (gateway) => {
      const app = express();
      app.use(toExpressMiddleware(gateway));
      app.post(
        "/own",
        express.text({ type: () => true }),
        (request, response) => void response.send(request.body),
      );
      return listen(createServer(app));
    },
  },
  Fastify: {
    isNode: true,
    mount: async (gateway) => {
      const app = Fastify();
      await app.register(toFastifyPlugin(gateway));
      app.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => done(null, body));
      app.post("/own", (request, reply) => reply.send(request.body));
      await app.listen({ port: 0, host: "127.0.0.1" });
      return app.server;
    },
  },
  Koa: {
    isNode: true,
    mount: (gateway) => {
      const app = new Koa();
      app.silent = true;
      app.use(toKoaMiddleware(gateway));
      app.use((context) => {
        if (context.path === "/own") context.body = context.req;
      });
      return listen(createServer(app.callback()));
    },
  },
  Hono: {
    isNode: false,
    mount: async (gateway) => {
      const app = new Hono();
      app.use(toHonoMiddleware(gateway));
      app.post("/own", async (context) => context.text(await context.req.text()));
      const server = serveHono({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }) as Server;
      if (!server.listening) await once(server, "listening");
      return server;
    },
  },
};

const running: Server[] = [];

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

describe.each(Object.entries(MOUNTS))("%s keeps the contract of adapters", (_name, { mount, isNode }) => {
  afterEach(async () => {
    await Promise.all(running.splice(0).map(close));
  });
  const cases: readonly AdapterContractCase[] = isNode
    ? [...ADAPTER_CONTRACT, ...NODE_ADAPTER_CONTRACT]
    : ADAPTER_CONTRACT;
  test.each(cases)("$name", (one) =>
    one.run({
      async serve(gateway) {
        const server = await mount(gateway);
        running.push(server);
        return portOf(server);
      },
    }),
  );
});

describe.each(Object.entries(MOUNTS))("%s keeps every row of the contract", (_name, { mount }) => {
  const host = createContractHost();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let server: Server;
  beforeAll(async () => {
    server = await mount(host);
  });
  afterAll(async () => {
    agent.destroy();
    await close(server);
  });
  test.each(CONTRACT_ROWS)("$name", (row) =>
    runContractRow(row, {
      host,
      origin: `http://127.0.0.1:${portOf(server)}`,
      send: (request) => sendAsIs(request, agent),
    }),
  );
});
