import { deepEqual, equal } from "node:assert/strict";
import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { connect, type Socket } from "node:net";
import { createTestGateway } from "./create-test-gateway.ts";

/** What an adapter is given: a handler that answers null for what is not its own. */
export interface AdaptedGateway {
  fetch(request: Request): Promise<Response | null>;
}

/** What an adapter's test gives the cases; everything it starts, it ends. */
export interface AdapterHarness {
  /**
   * Listen on 127.0.0.1 with the gateway mounted for all that begins with `/api/`; the host's own `POST /own` answers
   * with the body it got. Resolves to the port.
   */
  serve(gateway: AdaptedGateway): Promise<number>;
}

/** One sentence that holds wherever a gateway is mounted, as a test. */
export interface AdapterContractCase {
  readonly name: string;
  /** Rejects when the sentence does not hold. */
  run(harness: AdapterHarness): Promise<void>;
}

const ROUTE = "/api/ext/acme-labs.agreements/agreements";

/** Every adapter must pass each case over a real listening server; they need no test framework. */
export const ADAPTER_CONTRACT: readonly AdapterContractCase[] = [
  {
    name: "method and path arrive as they were sent, and so do all values of the query",
    async run(harness) {
      const port = await harness.serve({
        async fetch({ method, url }) {
          const { pathname, searchParams } = new URL(url);
          // Next.js brings equal names together, and keeps their order.
          const query = ["a", "b", "empty"].map((name) => searchParams.getAll(name));
          return Response.json([method, pathname, searchParams.size, query]);
        },
      });
      const path = "/api/ext/a.b/caf%C3%A9/a%20b/x";
      const target = `${path}?b=2&a=1&a=%2F+x&empty=&%61=y`;
      for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
        const expected = [method, path, 5, [["1", "/ x", "y"], ["2"], [""]]];
        deepEqual(JSON.parse(await text(port, { method, target })), expected);
      }
    },
  },
  {
    name: "a HEAD has status and headers, and no body",
    async run(harness) {
      const port = await harness.serve({
        fetch: async ({ method }) =>
          new Response(null, { status: 203, headers: { "x-seen": method, "content-length": "7" } }),
      });
      const response = await send(port, { method: "HEAD" });
      equal(response.statusCode, 203);
      equal(response.headers["x-seen"], "HEAD");
      equal(await textOf(response), "");
    },
  },
  {
    name: "a preflight is answered by the gateway",
    async run(harness) {
      const port = await harness.serve(createTestGateway({ allowedOrigins: ["https://partner.example"] }));
      const headers = { origin: "https://partner.example", "access-control-request-method": "POST" };
      const response = await send(port, { method: "OPTIONS", headers });
      equal(response.statusCode, 204);
      equal(response.headers["access-control-allow-origin"], "https://partner.example");
      equal(await textOf(response), "");
    },
  },
  {
    name: "bodies arrive byte for byte, whatever type they claim",
    async run(harness) {
      const port = await harness.serve({
        fetch: async (request) => new Response(await request.arrayBuffer()),
      });
      const bodies: readonly (readonly [string | undefined, string])[] = [
        ["application/json", '{ "b" : 12345678901234567890, "a":1, "a":2 }\n'],
        ["application/json", "{ not json"],
        ["application/x-www-form-urlencoded", "a=1&a=2&b=%20+"],
        [
          "multipart/form-data; boundary=x",
          '--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n',
        ],
        ["text/plain; charset=latin1", "caf\u00e9"],
        ["application/octet-stream", "\0\r\n\u0001"],
        ["no type at all", "x"],
        [undefined, "x"],
        ["application/json", ""],
      ];
      for (const [type, body] of bodies) {
        const headers = type === undefined ? {} : { "content-type": type };
        for (const method of ["POST", "PUT", "PATCH", "DELETE"])
          equal(await text(port, { method, headers, body }), body);
      }
    },
  },
  {
    name: "a body without a length arrives whole, and so does a large one, both ways",
    async run(harness) {
      const port = await harness.serve({
        fetch: async (request) => new Response(await request.arrayBuffer()),
      });
      const small = await send(port, { method: "POST", chunks: ["one ", "two ", "three"] });
      equal(await textOf(small), "one two three");
      const large = Buffer.alloc(3 * 1024 * 1024).map((_, index) => index % 251);
      const response = await send(port, { method: "POST", body: large });
      equal(Buffer.concat(await response.toArray()).equals(large), true);
    },
  },
  {
    name: "repeated headers are joined, cookies by their own rule",
    async run(harness) {
      const port = await harness.serve({
        fetch: async ({ headers }) =>
          Response.json([headers.get("accept"), headers.get("cookie"), headers.get("x-one")]),
      });
      const headers = { accept: ["text/html", "text/plain"], cookie: ["a=1", "b=2"], "x-one": "1" };
      deepEqual(JSON.parse(await text(port, { headers })), ["text/html, text/plain", "a=1; b=2", "1"]);
    },
  },
  {
    name: "status and headers of the answer pass, each cookie on its own line",
    async run(harness) {
      const port = await harness.serve({
        async fetch() {
          const headers = new Headers({ "content-type": "text/x-own; charset=utf-8", etag: '"v1"' });
          headers.set("cache-control", "private, max-age=60");
          headers.append("set-cookie", "a=1; Expires=Thu, 01 Jan 2026 00:00:00 GMT");
          headers.append("set-cookie", "b=2");
          return new Response("teapot", { status: 418, headers });
        },
      });
      const response = await send(port);
      equal(response.statusCode, 418);
      equal(response.headers["content-type"], "text/x-own; charset=utf-8");
      equal(response.headers.etag, '"v1"');
      equal(response.headers["cache-control"], "private, max-age=60");
      equal(response.headers["set-cookie"]?.length, 2);
      equal(await textOf(response), "teapot");
    },
  },
  {
    name: "204 and 304 have no body",
    async run(harness) {
      const port = await harness.serve({
        fetch: async ({ url }) =>
          new Response(null, { status: Number(new URL(url).searchParams.get("status")) }),
      });
      for (const status of [204, 304]) {
        const response = await send(port, { target: `${ROUTE}?status=${status}` });
        equal(response.statusCode, status);
        equal(await textOf(response), "");
      }
    },
  },
  {
    name: "G06: a body over the cap is 413 by its length, or while it streams, and no call is made",
    async run(harness) {
      const gateway = createTestGateway({ maxBodyBytes: 64 * 1024 });
      const port = await harness.serve(gateway);
      const declared = await send(port, { method: "POST", body: Buffer.alloc(64 * 1024 + 1) });
      equal(declared.statusCode, 413);
      await textOf(declared);
      const socket = await open(port);
      socket.write(`POST ${ROUTE} HTTP/1.1\r\nHost: host.example\r\nTransfer-Encoding: chunked\r\n\r\n`);
      const chunk = `4000\r\n${"x".repeat(0x4000)}\r\n`;
      // The body never ends: only a cap that counts while streaming can answer.
      for (let index = 0; index < 8; index++) socket.write(chunk);
      equal(await statusLine(socket), 413);
      socket.destroy();
      equal(gateway.invoker.calls.length, 0);
    },
  },
  {
    name: "a body that breaks off makes no call, and the server goes on",
    async run(harness) {
      const gateway = createTestGateway();
      const arrived = Promise.withResolvers<void>();
      const answered = Promise.withResolvers<void>();
      const port = await harness.serve({
        async fetch(request) {
          arrived.resolve();
          return gateway.fetch(request).finally(answered.resolve);
        },
      });
      const socket = await open(port);
      socket.write(`POST ${ROUTE} HTTP/1.1\r\nHost: host.example\r\nContent-Length: 100\r\n\r\nhalf`);
      await arrived.promise;
      socket.destroy();
      await answered.promise;
      equal(gateway.invoker.calls.length, 0);
      equal((await send(port)).statusCode, 200);
    },
  },
  {
    name: "G14: a client that goes away before its answer aborts the request's signal",
    async run(harness) {
      for (const head of [`GET ${ROUTE} HTTP/1.1\r\n`, `POST ${ROUTE} HTTP/1.1\r\nContent-Length: 2\r\n`]) {
        const arrived = Promise.withResolvers<AbortSignal>();
        const answer = Promise.withResolvers<Response>();
        const port = await harness.serve({
          async fetch(request) {
            if (request.method === "POST") await request.text();
            arrived.resolve(request.signal);
            return answer.promise;
          },
        });
        const socket = await open(port);
        socket.write(`${head}Host: host.example\r\n\r\n${head.startsWith("POST") ? "{}" : ""}`);
        const signal = await arrived.promise;
        const aborted = once(signal, "abort");
        socket.destroy();
        await aborted;
        answer.resolve(new Response("nobody is there"));
      }
    },
  },
  {
    name: "a client that goes away in the middle of an answer ends the stream it came from",
    async run(harness) {
      const ended = Promise.withResolvers<void>();
      const port = await harness.serve({
        async fetch({ signal }) {
          signal.addEventListener("abort", () => ended.resolve());
          return new Response(
            new ReadableStream({
              start: (controller) => controller.enqueue(new TextEncoder().encode("data: 1\n\n")),
              cancel: () => ended.resolve(),
            }),
            { headers: { "content-type": "text/event-stream" } },
          );
        },
      });
      const response = await send(port);
      await once(response, "data");
      response.destroy();
      await ended.promise;
    },
  },
  {
    name: "events arrive as they happen, not when the answer ends",
    async run(harness) {
      const sink = Promise.withResolvers<ReadableStreamDefaultController<Uint8Array>>();
      const port = await harness.serve({
        fetch: async () =>
          new Response(new ReadableStream({ start: (controller) => sink.resolve(controller) }), {
            headers: { "content-type": "text/event-stream", "cache-control": "no-cache, no-transform" },
          }),
      });
      const responding = send(port);
      const controller = await sink.promise;
      let seen = "";
      for (const [index, event] of ["data: 1\n\n", "data: 2\n\n", "data: 3\n\n"].entries()) {
        controller.enqueue(new TextEncoder().encode(event));
        const response = await responding;
        const [chunk] = (await once(response, "data")) as [Buffer];
        seen += chunk.toString();
        equal(seen.split("\n\n").length - 1, index + 1);
      }
      controller.close();
      await once(await responding, "end");
    },
  },
  {
    name: "an answer that breaks off cuts the connection instead of ending well",
    async run(harness) {
      const port = await harness.serve({
        async fetch() {
          let pulls = 0;
          return new Response(
            new ReadableStream({
              pull(controller) {
                if (pulls++ === 0) controller.enqueue(new TextEncoder().encode("half"));
                else controller.error(new Error("gone"));
              },
            }),
          );
        },
      });
      const isWhole = await text(port).then(
        () => true,
        () => false,
      );
      equal(isWhole, false);
    },
  },
  {
    name: "what is not the gateway's goes on to the host, body unread",
    async run(harness) {
      const port = await harness.serve({ fetch: async () => null });
      equal(await text(port, { method: "POST", target: "/own", body: "untouched" }), "untouched");
      equal((await send(port, { target: "/api/none-of-anybody" })).statusCode, 404);
    },
  },
];

/** What holds besides wherever the adapter itself reads the node request, rather than the framework. */
export const NODE_ADAPTER_CONTRACT: readonly AdapterContractCase[] = [
  {
    name: "G02: what two parsers could read differently never reaches the handler",
    async run(harness) {
      const seen: string[] = [];
      const port = await harness.serve({
        async fetch({ url }) {
          seen.push(url);
          return new Response("seen");
        },
      });
      const host = "Host: host.example\r\n";
      for (const bytes of [
        `GET ${ROUTE} HTTP/1.1\r\n${host}Host: evil.example\r\n\r\n`,
        `GET ${ROUTE} HTTP/1.1\r\nHost: host.example@evil.example\r\n\r\n`,
        `GET http://evil.example${ROUTE} HTTP/1.1\r\n${host}\r\n`,
        `GET //evil.example${ROUTE} HTTP/1.1\r\n${host}\r\n`,
        `GET /x/..${ROUTE} HTTP/1.1\r\n${host}\r\n`,
        `GET /%2e${ROUTE} HTTP/1.1\r\n${host}\r\n`,
        `GET ${ROUTE}\\x HTTP/1.1\r\n${host}\r\n`,
        `OPTIONS * HTTP/1.1\r\n${host}\r\n`,
        `GET ${ROUTE}\r\n${host}\r\n`,
        `POST ${ROUTE} HTTP/1.0\r\n${host}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      ]) {
        const socket = await open(port);
        socket.write(bytes);
        const status = await statusLine(socket);
        equal(status >= 400 && status < 500, true, `${bytes} is ${status}`);
        socket.destroy();
      }
      deepEqual(seen, []);
    },
  },
  {
    name: "G05: hop-by-hop headers, and what Connection names, stay behind",
    async run(harness) {
      const port = await harness.serve({
        fetch: async ({ headers }) => Response.json([...headers.keys()].toSorted()),
      });
      const headers = {
        connection: "x-secret, keep-alive",
        "x-secret": "1",
        te: "trailers",
        "proxy-authorization": "x",
        "x-kept": "1",
      };
      deepEqual(JSON.parse(await text(port, { headers })), ["host", "x-kept"]);
    },
  },
];

interface Sending {
  readonly method?: string;
  readonly target?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Uint8Array;
  /** A body sent without its length. */
  readonly chunks?: readonly string[];
}

async function send(port: number, sending: Sending = {}): Promise<IncomingMessage> {
  const { method = "GET", target = ROUTE, headers = {}, body, chunks } = sending;
  const request = httpRequest({ host: "127.0.0.1", port, method, path: target, agent: false });
  for (const [name, value] of Object.entries(headers)) request.setHeader(name, value);
  const responding = once(request, "response") as Promise<[IncomingMessage]>;
  if (chunks === undefined) {
    if (body !== undefined) request.setHeader("content-length", Buffer.byteLength(body));
    request.end(body);
  } else {
    for (const chunk of chunks) request.write(chunk);
    request.end();
  }
  const [response] = await responding;
  // Going away is part of some cases.
  request.on("error", () => {});
  return response;
}

async function textOf(response: IncomingMessage): Promise<string> {
  return Buffer.concat((await response.toArray()) as Buffer[]).toString();
}

async function text(port: number, sending?: Sending): Promise<string> {
  return textOf(await send(port, sending));
}

async function open(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
}

async function statusLine(socket: Socket): Promise<number> {
  const [chunk] = (await once(socket, "data")) as [Buffer];
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(chunk.toString("latin1"))?.[1]);
}
