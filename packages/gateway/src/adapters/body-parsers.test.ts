import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { serve as serveHono } from "@hono/node-server";
import express, { type ErrorRequestHandler } from "express";
import Fastify from "fastify";
import { Hono } from "hono";
import Koa from "koa";
import { afterEach, describe, expect, test } from "vitest";
import type { FetchLike } from "../node/to-node-handler.ts";
import { toExpressMiddleware } from "./express.ts";
import { toFastifyPlugin } from "./fastify.ts";
import { toHonoMiddleware } from "./hono.ts";
import { toKoaMiddleware } from "./koa.ts";

const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

const started = async (server: Server): Promise<string> => {
  servers.push(server);
  if (!server.listening) await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
};
const listen = (listener: RequestListener): Promise<string> =>
  started(createServer(listener).listen(0, "127.0.0.1"));

/** Answers with the body it got, and the headers that tell about it; knows nothing of `/own`. */
const echo: { readonly fetch: FetchLike } = {
  async fetch(request) {
    if (new URL(request.url).pathname === "/own") return null;
    const told = ["content-length", "content-encoding"].map((name) => request.headers.get(name));
    return Response.json({ body: await request.text(), told });
  },
};
const post = (
  url: string,
  type: string,
  body: BodyInit,
  headers: Record<string, string> = {},
): Promise<Response> => fetch(url, { method: "POST", body, headers: { ...headers, "content-type": type } });

const FORM = "application/x-www-form-urlencoded";

describe("Express, after parsers", () => {
  function app(...before: express.RequestHandler[]): { url: Promise<string>; errors: unknown[] } {
    const errors: unknown[] = [];
    const keep: ErrorRequestHandler = (error, _request, response, _next) => {
      errors.push(error);
      response.status(500).end();
    };
    const own = express();
    for (const one of before) own.use(one);
    own.use(toExpressMiddleware(echo));
    own.post("/own", (request, response) => void response.json(request.body));
    own.use(keep);
    return { url: listen(own), errors };
  }

  test("parsed JSON is written out once more, without the length and coding it came with", async () => {
    const url = await app(express.json()).url;
    const sent = gzipSync('{ "a" : [1, "é"] }');
    const response = await post(url, "application/vnd.x+json", "{}");
    expect(await response.json()).toMatchObject({ body: "{}" });
    const zipped = await post(url, "application/json", sent, { "content-encoding": "gzip" });
    expect(await zipped.json()).toEqual({ body: '{"a":[1,"é"]}', told: [null, null] });
  });

  test("bytes that a parser kept are used as they are", async () => {
    const raw = await app(express.raw({ type: () => true })).url;
    expect(await (await post(raw, "text/x", "a  b")).json()).toMatchObject({ body: "a  b" });
    const kept = express.json({
      verify: (request, _response, bytes) => void Object.assign(request, { rawBody: bytes }),
    });
    const exact = await post(await app(kept).url, "application/json", '{ "a":1,  "a":2 }');
    expect(await exact.json()).toMatchObject({ body: '{ "a":1,  "a":2 }' });
  });

  test("any other parsed body is an error for the host, not a wait without end", async () => {
    const { url, errors } = app(express.urlencoded());
    expect((await post(await url, FORM, "a=1&a=2")).status).toBe(500);
    expect(errors).toEqual([expect.any(TypeError)]);
  });

  test("what the gateway does not want is no error", async () => {
    const { url, errors } = app(express.urlencoded(), express.json());
    expect(await (await post(`${await url}own`, FORM, "a=1")).json()).toEqual({ a: "1" });
    expect(await (await post(`${await url}own`, "application/json", '{"a":1}')).json()).toEqual({ a: 1 });
    expect(errors).toEqual([]);
  });

  test("a body no parser wanted is still a stream", async () => {
    const url = await app(express.json(), express.urlencoded()).url;
    expect(await (await post(url, "text/plain", "as it is")).json()).toMatchObject({ body: "as it is" });
  });

  test("the whole path is the gateway's, wherever the middleware is mounted", async () => {
    const own = express();
    own.use("/api", toExpressMiddleware({ fetch: ({ url }) => new Response(new URL(url).pathname) }));
    expect(await (await fetch(`${await listen(own)}api/ext/x`)).text()).toBe("/api/ext/x");
  });

  test("what the gateway throws is the host's to handle", async () => {
    const thrown = new Error("not expected");
    const seen = Promise.withResolvers<unknown>();
    const own = express();
    own.use(toExpressMiddleware({ fetch: () => Promise.reject(thrown) }));
    const keep: ErrorRequestHandler = (error, _request, response, _next) => {
      seen.resolve(error);
      response.status(500).end();
    };
    own.use(keep);
    expect((await fetch(await listen(own))).status).toBe(500);
    expect(await seen.promise).toBe(thrown);
  });
});

test("Koa: a parsed body is used, one that was thrown away is an error", async () => {
  const errors: unknown[] = [];
  const app = new Koa();
  app.on("error", (error) => errors.push(error));
  app.use(async (context, next) => {
    const chunks: Buffer[] = [];
    for await (const chunk of context.req) chunks.push(chunk as Buffer);
    // As the usual parsers leave it.
    const rawBody = Buffer.concat(chunks).toString();
    if (context.is("json") !== false)
      Object.assign(context.request, { body: JSON.parse(rawBody) as unknown, rawBody });
    await next();
  });
  app.use(toKoaMiddleware(echo));
  const url = await listen(app.callback());
  expect(await (await post(url, "application/json", '{ "a":1 }')).json()).toMatchObject({
    body: '{ "a":1 }',
  });
  expect((await post(url, FORM, "a=1")).status).toBe(500);
  expect(errors).toEqual([expect.any(TypeError)]);
});

test("Hono: a body that a middleware has read is read again", async () => {
  const app = new Hono();
  app.use(async (context, next) => {
    await context.req.json();
    await next();
  });
  app.use(toHonoMiddleware(echo));
  const url = await started(serveHono({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }) as Server);
  expect(await (await post(url, "application/json", '{"a":1}')).json()).toEqual({
    body: '{"a":1}',
    told: [null, null],
  });
});

test("Fastify: its parsers and limits do not touch what is the gateway's", async () => {
  const app = Fastify({ bodyLimit: 4 });
  await app.register(toFastifyPlugin(echo));
  app.post("/own", (_request, reply) => reply.send("own"));
  await app.listen({ port: 0, host: "127.0.0.1" });
  const url = await started(app.server);
  expect(await (await post(url, "application/json", "{ no json at all")).json()).toMatchObject({
    body: "{ no json at all",
  });
  expect(await (await post(url, "text/x-unknown", "as it is")).json()).toMatchObject({ body: "as it is" });
  expect((await post(`${url}own`, "application/json", '{"a":1}')).status).toBe(413);
});
