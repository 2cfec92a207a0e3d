import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { readBody } from "../internal/read-body.ts";
import { toRequest } from "./to-request.ts";

let server: Server;

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

interface Arrived {
  readonly request: Request;
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly socket: Socket;
}

/** Send bytes and take the request that the first of them make. */
async function arrive(bytes: string): Promise<Arrived> {
  server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  socket.on("error", () => {});
  socket.write(bytes);
  const [incoming, outgoing] = (await once(server, "request")) as [IncomingMessage, ServerResponse];
  const request = toRequest(incoming, { outgoing });
  if (request instanceof Response) throw new TypeError(`refused with ${request.status}`);
  return { request, incoming, outgoing, socket };
}

const post = (body: string, length = body.length): string =>
  `POST /a?b=1 HTTP/1.1\r\nHost: host.example\r\nX-One: 1\r\nContent-Length: ${length}\r\n\r\n${body}`;

test("passes for a Request in all that is asked of one", async () => {
  const { request } = await arrive(post("hello"));
  expect(Object.prototype.toString.call(request)).toBe("[object Request]");
  expect([request.method, request.url, request.mode, request.bodyUsed]).toEqual([
    "POST",
    "http://host.example/a?b=1",
    "cors",
    false,
  ]);
  expect(request.headers.get("x-one")).toBe("1");
  const copy = new Request("http://other.example/", request);
  expect([copy.method, copy.headers.get("x-one"), await copy.text()]).toEqual(["POST", "1", "hello"]);
});

test("what somebody made of its headers counts", async () => {
  const { request } = await arrive(post("hello"));
  const { headers } = request;
  expect([headers.get("X-One"), headers.has("x-one"), headers.get("x-two")]).toEqual(["1", true, null]);
  // No header of this request, though every object has one.
  expect(headers.get("constructor")).toBeNull();
  expect(() => headers.get("no name")).toThrow(TypeError);
  headers.delete("x-one");
  headers.set("x-two", "2");
  expect([headers.get("x-one"), headers.has("x-one"), request.headers.get("x-two")]).toEqual([
    null,
    false,
    "2",
  ]);
  expect([...new Headers(headers)]).toEqual([...headers]);
  expect(Object.fromEntries(headers)).toMatchObject({ "x-two": "2", host: "host.example" });
  expect(request.clone().headers.get("x-two")).toBe("2");
  request.headers.set("x-two", "3");
  expect(request.clone().headers.get("x-two")).toBe("3");
});

test("a body is there once, and as often as it was cloned before", async () => {
  const { request } = await arrive(post("hello"));
  const copy = request.clone();
  expect(String(Buffer.from((await readBody(request, 100))!))).toBe("hello");
  expect(await copy.text()).toBe("hello");
  expect(request.bodyUsed).toBe(true);
  await expect(request.text()).rejects.toThrow(TypeError);
});

test("a body that was read at once is used, too", async () => {
  const { request } = await arrive(post("hello"));
  expect(String(Buffer.from((await readBody(request, 100))!))).toBe("hello");
  expect(request.bodyUsed).toBe(true);
  await expect(readBody(request, 100)).rejects.toMatchObject({ code: "invalid_request" });
  await expect(request.text()).rejects.toThrow(TypeError);
});

test("a body that comes later and in pieces is whole; one over the cap is refused at the piece that is too much", async () => {
  const { request, socket } = await arrive(post("", 10));
  const read = readBody(request, 10);
  for (const piece of ["hello", " worl"]) await new Promise((next) => socket.write(piece, next));
  expect(String(Buffer.from((await read)!))).toBe("hello worl");
  const chunked = "POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n";
  server.closeAllConnections();
  server.close();
  const endless = await arrive(chunked);
  const tooMuch = readBody(endless.request, 8);
  endless.socket.write("5\r\nworld\r\n");
  await expect(tooMuch).rejects.toMatchObject({ code: "payload_too_large" });
  expect(endless.incoming.isPaused()).toBe(true);
});

test("a body that breaks off is refused, while it is read and when it broke before", async () => {
  const during = await arrive(post("hel", 5));
  const read = readBody(during.request, 100);
  during.socket.destroy();
  await expect(read).rejects.toMatchObject({ code: "invalid_request" });
  server.close();
  const before = await arrive(post("hel", 5));
  const closed = once(before.outgoing, "close");
  before.socket.destroy();
  await closed;
  await expect(readBody(before.request, 100)).rejects.toMatchObject({ code: "invalid_request" });
});

test("the signal knows that the client is gone, whenever it is asked for", async () => {
  const { request, outgoing, socket } = await arrive(post("hello"));
  const closed = once(outgoing, "close");
  socket.destroy();
  await closed;
  expect(request.signal.aborted).toBe(true);
});

test("an answered request is not aborted by the end of its connection", async () => {
  const { request, outgoing, socket } = await arrive(post("hello"));
  const { signal } = request;
  outgoing.end("done");
  await once(outgoing, "close");
  socket.destroy();
  expect(signal.aborted).toBe(false);
});
