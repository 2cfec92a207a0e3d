import { createServer, type Server } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { createFakeInvoker } from "../testing/fake-invoker.ts";
import { createTestGateway, type TestGateway } from "../testing/create-test-gateway.ts";
import { toNodeHandler, type FetchLike, type NodeHandlerOptions } from "./to-node-handler.ts";

const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function serve(fetch: FetchLike, options?: NodeHandlerOptions): Promise<number> {
  const server = createServer(toNodeHandler(fetch, options));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

const serveGateway = (gateway: TestGateway): Promise<number> => serve((request) => gateway.fetch(request));

/** Send bytes as they are and read until the server or a complete answer ends it. */
function exchange(port: number, text: string): Promise<{ status: number; head: string; body: string }> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    let received = "";
    const finish = (): void => {
      const [head = "", body = ""] = received.split("\r\n\r\n", 2);
      resolve({ status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0), head: head.toLowerCase(), body });
      socket.destroy();
    };
    socket.on("data", (chunk) => {
      received += chunk.toString("latin1");
      const [head, body] = received.split("\r\n\r\n", 2);
      const length = /content-length: (\d+)/i.exec(head ?? "")?.[1];
      if (body !== undefined && (body.endsWith("\r\n0") || body.length === Number(length))) finish();
    });
    socket.once("error", (error) => (received === "" ? reject(error) : finish()));
    socket.once("close", finish);
    socket.write(text);
  });
}

const get = (target: string, headers = "Host: host.example\r\n"): string =>
  `GET ${target} HTTP/1.1\r\n${headers}Connection: close\r\n\r\n`;
const route = "/api/ext/acme-labs.agreements/agreements";

describe("one reading of every request", () => {
  test("G02: two hosts, absolute form, //host, CONNECT and chunked HTTP/1.0 never reach the gateway", async () => {
    const gateway = createTestGateway();
    const port = await serveGateway(gateway);
    const twoHosts = "Host: host.example\r\nHost: evil.example\r\n";
    const refused: [string, string][] = [
      ["two hosts", get(route, twoHosts)],
      ["the same host twice", get(route, "Host: a.example\r\nhost: a.example\r\n")],
      ["no host", get(route, "")],
      ["a host with userinfo", get(route, "Host: host.example@evil.example\r\n")],
      ["a host with a path", get(route, "Host: host.example/x\r\n")],
      ["absolute form", get(`http://evil.example${route}`)],
      ["absolute form of the own host", get(`http://host.example${route}`)],
      ["//host", get(`//evil.example${route}`)],
      ["an asterisk", `OPTIONS * HTTP/1.1\r\nHost: host.example\r\nConnection: close\r\n\r\n`],
      ["no version", `GET ${route}\r\nHost: host.example\r\nConnection: close\r\n\r\n`],
      [
        "HTTP/1.0 with chunks",
        `POST ${route} HTTP/1.0\r\nHost: host.example\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      ],
    ];
    for (const [name, text] of refused)
      expect([name, (await exchange(port, text)).status]).toEqual([name, 400]);
    const tunnel = await exchange(
      port,
      "CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n",
    );
    expect(tunnel.status).not.toBe(200);
    expect(gateway.audit.rows()).toEqual([]);
  });

  test("G03: paths with two readings are refused before anything is decided on them", async () => {
    const gateway = createTestGateway();
    const port = await serveGateway(gateway);
    const below = "/api/ext/acme-labs.agreements";
    for (const path of [
      `${below}/x/../agreements`,
      `${below}/x/%2e%2e/agreements`,
      `${below}/x/.%2E/agreements`,
      `${below}/./agreements`,
      `${below}/%2e/agreements`,
      `${below}//agreements`,
      `${below}/agreements/..%2f..%2fadmin`,
      `${below}/agreements%2f7`,
      `${below}/agreements%5c7`,
      `${below}\\agreements`,
      `${below}/agreements\\..\\7`,
      `${below}/agreements/%252e%252e`,
      `${below}/agreements/7%00`,
      `${below}/agreements/%zz`,
      `/api/ext/../ext/acme-labs.agreements/agreements`,
      `/x/../api/ext/acme-labs.agreements/agreements`,
      `/%2e%2e${below}/agreements`,
      `${below}/agreements#/7`,
      `${below}/agree"ments`,
    ]) {
      expect([path, (await exchange(port, get(path))).status]).toEqual([path, 400]);
    }
    expect(gateway.audit.rows()).toEqual([]);
    expect((await exchange(port, get(route))).status).toBe(200);
  });

  test("too many headers are refused, not cut", async () => {
    const port = await serve(() => new Response("ok"));
    const many = Array.from({ length: 120 }, (_, index) => `x-${index}: 1\r\n`).join("");
    expect((await exchange(port, get("/", `Host: a.example\r\n${many}`))).status).toBe(400);
  });

  test("G05: hop-by-hop headers, and what Connection names, stay behind", async () => {
    let seen: Headers | undefined;
    const port = await serve((request) => {
      seen = request.headers;
      return new Response("ok");
    });
    const headers =
      "Host: a.example\r\nConnection: close, X-Secret\r\nX-Secret: 1\r\nTE: trailers\r\nX-Kept: 1\r\n";
    await exchange(port, `GET / HTTP/1.1\r\n${headers}Keep-Alive: 5\r\nProxy-Authorization: x\r\n\r\n`);
    expect([...(seen?.keys() ?? [])].toSorted()).toEqual(["host", "x-kept"]);
  });

  test("G05: over a socket too, identity comes from the session only", async () => {
    const gateway = createTestGateway();
    const port = await serveGateway(gateway);
    const forged =
      "X-Tenant: globex\r\nX-Ext-Install-Id: other\r\nForwarded: for=10.0.0.1\r\nX-User-Id: root\r\n";
    expect((await exchange(port, get(route, `Host: a.example\r\n${forged}`))).status).toBe(200);
    const { request } = gateway.invoker.calls.at(-1)!;
    expect(Object.keys(request.http.headers ?? {}).toSorted()).toEqual([
      "x-alga-extension",
      "x-alga-tenant",
      "x-request-id",
    ]);
    expect(request.context.tenant_id).toBe("acme");
    const mismatch = await exchange(port, get(route, "Host: a.example\r\nX-Alga-Tenant: globex\r\n"));
    expect(mismatch.status).toBe(403);
  });
});

describe("bodies", () => {
  test("G06: a chunked body over the cap is 413 while it streams, and no call is made", async () => {
    const gateway = createTestGateway({ maxBodyBytes: 64 * 1024 });
    const port = await serveGateway(gateway);
    const socket = connect(port, "127.0.0.1");
    const answered = new Promise<string>((resolve) =>
      socket.once("data", (chunk) => resolve(chunk.toString())),
    );
    socket.on("error", () => {});
    socket.write(`POST ${route} HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n`);
    const chunk = `4000\r\n${"x".repeat(0x4000)}\r\n`;
    // The body never ends: only a cap that counts while streaming can answer.
    for (let index = 0; index < 8; index++) socket.write(chunk);
    expect(await answered).toMatch(/^HTTP\/1\.1 413 /);
    const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
    pour(socket, chunk);
    await closed;
    expect(gateway.invoker.calls).toHaveLength(0);
  });

  test("a declared length over the cap is refused without reading", async () => {
    const gateway = createTestGateway({ maxBodyBytes: 10 });
    const port = await serveGateway(gateway);
    const head = `POST ${route} HTTP/1.1\r\nHost: a.example\r\nContent-Length: 1000000\r\n\r\n`;
    const { status, body } = await exchange(port, head);
    expect(status).toBe(413);
    expect(body).toContain('"error":"payload_too_large"');
  });

  test("large bodies arrive whole in both directions", async () => {
    const port = await serve(async (request) => new Response(await request.arrayBuffer(), { status: 201 }));
    const bytes = new Uint8Array(3 * 1024 * 1024).map((_, index) => index % 251);
    const response = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body: bytes });
    expect(response.status).toBe(201);
    expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
  });

  test.each([256, 64 * 1024])("%i bytes of a guest arrive byte for byte", async (length) => {
    const bytes = Buffer.from(Uint8Array.from({ length }, (_, index) => index));
    const gateway = createTestGateway({
      invoker: createFakeInvoker(() => ({ body_b64: bytes.toString("base64") })),
    });
    const port = await serveGateway(gateway);
    const response = await fetch(`http://127.0.0.1:${port}${route}`);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(bytes);
  });

  test("a body is only read as fast as it is wanted", async () => {
    const { promise: request, resolve } = Promise.withResolvers<Request>();
    const { promise: answer, resolve: respond } = Promise.withResolvers<Response>();
    const port = await serve((incoming) => {
      if (incoming.method === "GET") return new Response("ok");
      resolve(incoming);
      return answer;
    });
    let uploading: Socket | undefined;
    servers.at(-1)!.once("connection", (one) => (uploading = one));
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => {});
    const total = 32 * 1024 * 1024;
    socket.write(`POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: ${total}\r\n\r\n`);
    const chunk = Buffer.alloc(1024 * 1024);
    let isDone = false;
    const sent = (async () => {
      for (let at = 0; at < total; at += chunk.length) await new Promise((next) => socket.write(chunk, next));
      isDone = true;
    })();
    const reader = (await request).body!.getReader();
    let read = (await reader.read()).value!.byteLength;
    // Time enough for the whole body, were anyone taking it.
    for (let index = 0; index < 50; index++) await (await fetch(`http://127.0.0.1:${port}/`)).text();
    expect(uploading?.bytesRead).toBeLessThan(total / 8);
    expect(isDone).toBe(false);
    for (let part = await reader.read(); !part.done; part = await reader.read())
      read += part.value.byteLength;
    expect(read).toBe(total);
    await sent;
    respond(new Response("ok"));
  });

  test("responses stream, cookies stay apart, and a HEAD has no body", async () => {
    const port = await serve((request) => {
      const headers = new Headers({ "content-type": "text/plain" });
      headers.append("set-cookie", "a=1; Expires=Thu, 01 Jan 2026 00:00:00 GMT");
      headers.append("set-cookie", "b=2");
      return new Response(request.method === "HEAD" ? null : "hello", { headers });
    });
    const response = await fetch(`http://127.0.0.1:${port}/`);
    expect(response.headers.getSetCookie()).toHaveLength(2);
    expect(await response.text()).toBe("hello");
    expect((await fetch(`http://127.0.0.1:${port}/`, { method: "HEAD" })).status).toBe(200);
  });

  test("a response that breaks off cuts the connection instead of ending well", async () => {
    const port = await serve(
      () =>
        new Response(
          new ReadableStream({
            pull(controller) {
              controller.enqueue(new TextEncoder().encode("half"));
              controller.error(new Error("gone"));
            },
          }),
        ),
    );
    await expect(fetch(`http://127.0.0.1:${port}/`).then((response) => response.text())).rejects.toThrow(
      TypeError,
    );
  });
});

describe("the rest", () => {
  test("G12: nothing of a hostile answer but its body reaches the wire", async () => {
    const gateway = createTestGateway({
      invoker: createFakeInvoker(() => ({
        headers: {
          "set-cookie": "session=stolen",
          "content-security-policy": "default-src *",
          "strict-transport-security": "max-age=1",
          "access-control-allow-origin": "*",
          "x-ext-warning": "a\r\nset-cookie: session=stolen",
          "bad header": "x",
          location: "https://evil.example",
          "transfer-encoding": "chunked",
          "content-length": "5",
        },
      })),
    });
    const port = await serveGateway(gateway);
    const { status, head, body } = await exchange(port, get(route));
    expect(status).toBe(200);
    for (const word of [
      "session=stolen",
      "default-src *",
      "strict-transport",
      "access-control",
      "evil",
      "x-ext-warning",
    ]) {
      expect(head).not.toContain(word);
    }
    expect(head).toContain("content-length: 11");
    expect(body).toBe('{"ok":true}');
    for (const bad of [101, 103, 199, 600]) {
      const other = await serveGateway(
        createTestGateway({ invoker: createFakeInvoker(() => ({ status: bad })) }),
      );
      expect((await exchange(other, get(route))).status).toBe(502);
    }
  });

  test("G14: a client that goes away aborts the runner call", async () => {
    const arrived = Promise.withResolvers<AbortSignal>();
    const gateway = createTestGateway({
      invoker: createFakeInvoker((_call, signal) => {
        arrived.resolve(signal);
        return new Promise<never>(() => {});
      }),
    });
    const port = await serveGateway(gateway);
    const socket = connect(port, "127.0.0.1");
    socket.write(get(route));
    const signal = await arrived.promise;
    const aborted = new Promise((resolve) => signal.addEventListener("abort", resolve));
    socket.destroy();
    await aborted;
  });

  test("what the handler does not answer goes on, body unread", async () => {
    const port = await serve(() => null, {
      onMiss: (incoming, outgoing) => {
        incoming.pipe(outgoing);
      },
    });
    const response = await fetch(`http://127.0.0.1:${port}/else`, { method: "POST", body: "untouched" });
    expect(await response.text()).toBe("untouched");
  });

  test("without onMiss that is 404", async () => {
    const port = await serve(() => null);
    const response = await fetch(`http://127.0.0.1:${port}/else`);
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ error: "not_found" });
  });

  test("a header that cannot be sent is a 500, not the end of the server", async () => {
    const port = await serve(() => new Response("x", { headers: { "x-bell": "\u0007" } }));
    for (const _ of [1, 2]) expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(500);
  });

  test.each<[string, () => Promise<number>]>([
    ["of known length", () => serve(() => new Response("hello", { headers: { "content-length": "5" } }))],
    [
      "of a guest",
      () =>
        serveGateway(createTestGateway({ invoker: createFakeInvoker(() => ({ body_b64: btoa("hello") })) })),
    ],
  ])("an answer %s leaves with its headers, in one write", async (_which, open) => {
    const port = await open();
    const socket = connect(port, "127.0.0.1");
    socket.write(get(route));
    const chunks: Buffer[] = await socket.toArray();
    expect(chunks.map((chunk) => chunk.toString().slice(-5))).toEqual(["hello"]);
  });

  test("a handler that throws is a plain 500", async () => {
    const port = await serve(() => Promise.reject(new Error("secret")));
    const response = await fetch(`http://127.0.0.1:${port}/`);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("secret");
  });
});

/** Keep writing until the other side has had enough. */
function pour(socket: Socket, chunk: string): void {
  const more = (): void => {
    if (!socket.destroyed && socket.writable) socket.write(chunk, more);
  };
  more();
}
