import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { TEST_CERTIFICATE, TEST_CERTIFICATE_KEY } from "../../test-support/tls.ts";
import type { EgressRecord } from "../ports.ts";
import { createEgress, type EgressOptions, type EgressRequest, type EgressScope } from "./egress.ts";
import { parseOverrides } from "./parse-overrides.ts";

const NAME = "api.vendor.example";
const limits = { egressTimeoutMs: 700, egressResponseBytes: 10_000, egressHeaders: 64, egressConcurrent: 8 };
const connections = new Set<Socket>();
const requests: { readonly url: string; readonly headers: NodeJS.Dict<string | string[]> }[] = [];
/** Writes straight to the wire: a hostile server keeps to no protocol. */
let answer: (socket: Socket, path: string) => void = () => undefined;
let port = 0;

const ok = (body: string, head = "") =>
  `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n${head}\r\n${body}`;

const server = createServer({ cert: TEST_CERTIFICATE, key: TEST_CERTIFICATE_KEY }, (request) => {
  requests.push({ url: request.url ?? "", headers: request.headers });
  request.resume();
  answer(request.socket, request.url ?? "");
});
server.on("connection", (socket: Socket) => {
  connections.add(socket);
  socket.on("close", () => connections.delete(socket)).on("error", () => undefined);
});

beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  requests.length = 0;
});

/** Every connection that the server saw has ended. */
async function hungUp(): Promise<void> {
  for (const socket of connections) if (!socket.closed) await once(socket, "close");
}

function egressWith(options: Partial<EgressOptions> & { answers?: readonly string[] } = {}) {
  const rows: EgressRecord[] = [];
  const resolved: string[] = [];
  const { answers = ["127.0.0.1"], ...rest } = options;
  const egress = createEgress({
    limits,
    overrides: new Map(),
    audit: { record: (row) => rows.push(row) },
    resolver: {
      resolve: (hostname) => {
        resolved.push(hostname);
        return Promise.resolve(answers);
      },
    },
    // The hostile server is on loopback; everything else is as ever.
    trial: { ca: TEST_CERTIFICATE, isPublic: (address) => address === "127.0.0.1" },
    ...rest,
  });
  const fetch = (
    url = `https://${NAME}:${port}/`,
    request: Partial<EgressRequest> = {},
    scope: Partial<EgressScope> = {},
  ) =>
    egress.fetch(
      { method: "GET", url, headers: [], body: null, ...request },
      {
        allowed: [NAME, `${NAME}:${port}`, "*.wild.example"],
        caller: { tenantId: "acme", installId: "1", requestId: "r" },
        maxBytes: 1_000_000,
        secret: () => null,
        signal: new AbortController().signal,
        ...scope,
      },
    );
  return { fetch, rows, resolved };
}

describe("createEgress", () => {
  it("connects to the vetted address under the name, and records the request", async () => {
    answer = (socket) => socket.end(ok("hello", "x-a: b\r\n"));
    const { fetch, rows, resolved } = egressWith();
    const outcome = await fetch(`https://${NAME}:${port}/x?y`, {
      method: "post",
      body: Buffer.from("12345"),
    });
    expect(outcome).toMatchObject({ error: null, status: 200 });
    expect(outcome.error === null && Buffer.from(outcome.body).toString()).toBe("hello");
    expect(requests[0]).toMatchObject({ url: "/x?y", headers: { host: `${NAME}:${port}` } });
    expect(resolved).toEqual([NAME]);
    expect(rows).toEqual([
      {
        tenantId: "acme",
        installId: "1",
        requestId: "r",
        host: NAME,
        port,
        ip: "127.0.0.1",
        method: "POST",
        bytes: outcome.bytes,
        status: 200,
        error: null,
        durationMs: expect.any(Number),
      },
    ]);
    // Heads count: what leaves in a URL leaves too.
    expect(outcome.bytes).toBeGreaterThan("12345".length + "hello".length);
  });

  it("shares no connection, not even within one install", async () => {
    answer = (socket) => socket.write(ok("x", "connection: keep-alive\r\n"));
    const { fetch } = egressWith();
    const ports: number[] = [];
    server.on("connection", (socket: Socket) => ports.push(socket.remotePort ?? 0));
    await fetch();
    await fetch();
    expect(new Set(ports).size).toBe(2);
  });

  it.each([
    ["127.0.0.1"],
    ["10.0.0.5"],
    ["169.254.169.254"],
    ["fd00::1"],
    ["::ffff:10.0.0.1"],
    ["64:ff9b::a00:1"],
  ])("E03: denies a name that resolves to %s", async (address) => {
    const { fetch, rows } = egressWith({ answers: [address], trial: undefined });
    expect(await fetch()).toMatchObject({ error: "not-allowed", bytes: 0 });
    expect(rows).toMatchObject([{ host: NAME, ip: null, status: null, error: "not-allowed" }]);
    expect(requests).toEqual([]);
  });

  it("E04: one inward answer condemns the name", async () => {
    for (const answers of [
      ["93.184.216.34", "127.0.0.1"],
      ["169.254.169.254", "93.184.216.34"],
    ])
      expect((await egressWith({ answers, trial: undefined }).fetch()).error).toBe("not-allowed");
    expect((await egressWith({ answers: [] }).fetch()).error).toBe("transport");
  });

  it("E03: goes where the answer led, whatever the name resolves to by then", async () => {
    answer = (socket) => socket.end(ok("x"));
    let asked = 0;
    const resolver = { resolve: () => Promise.resolve((asked += 1) === 1 ? ["127.0.0.1"] : ["10.0.0.1"]) };
    const { fetch } = egressWith({ resolver });
    expect((await fetch()).error).toBeNull();
    expect(asked).toBe(1);
    expect((await fetch()).error).toBe("not-allowed");
  });

  it("denies undeclared hosts and strange methods without resolving them", async () => {
    const { fetch, resolved, rows } = egressWith();
    expect((await fetch("https://other.example/")).error).toBe("not-allowed");
    expect((await fetch("https://169.254.169.254/latest/meta-data/")).error).toBe("not-allowed");
    for (const method of ["CONNECT", "TRACE", "GET /x", ""])
      expect((await fetch(undefined, { method })).error).toBe("invalid-url");
    expect(resolved).toEqual([]);
    expect(rows.map(({ host, method }) => [host, method]).slice(0, 3)).toEqual([
      ["other.example", "GET"],
      ["169.254.169.254", "GET"],
      [null, "invalid"],
    ]);
  });

  it.each([
    ["metadata", "http://169.254.169.254/"],
    ["a file", "file:///etc/passwd"],
    ["another port", `https://${NAME}:22/`],
    ["plain http", `http://${NAME}/`],
    ["loopback", "https://127.0.0.1/"],
  ])(
    "E06: a redirect to %s is an answer; the guest that follows it is judged from the top",
    async (_name, to) => {
      answer = (socket) => socket.end(`HTTP/1.1 302 Found\r\nlocation: ${to}\r\ncontent-length: 0\r\n\r\n`);
      const { fetch } = egressWith();
      const hop = await fetch();
      expect(hop).toMatchObject({ error: null, status: 302 });
      const location = hop.error === null ? hop.headers.find(([name]) => name === "location")?.[1] : "";
      expect((await fetch(location)).error).not.toBeNull();
      expect(requests).toHaveLength(1);
    },
  );

  it("E07: follows no chain", async () => {
    answer = (socket, path) =>
      socket.end(`HTTP/1.1 307 x\r\nlocation: https://${NAME}:${port}${path}x\r\ncontent-length: 0\r\n\r\n`);
    expect(await egressWith().fetch()).toMatchObject({ status: 307 });
    expect(requests).toHaveLength(1);
  });

  it("E11: the server sees no header that a guest may not choose", async () => {
    answer = (socket) => socket.end(ok("x"));
    const forbidden = [
      "Host",
      "Connection",
      "Content-Length",
      "TE",
      "Cookie",
      "X-Forwarded-For",
      "Proxy-Authorization",
    ];
    await egressWith().fetch(undefined, {
      headers: [...forbidden.map((name) => [name, "evil"] as const), ["X-Api-Key", "k"]],
    });
    expect(Object.values(requests[0]?.headers ?? {})).not.toContain("evil");
    expect(requests[0]?.headers).toMatchObject({ "x-api-key": "k", "accept-encoding": "identity" });
  });

  it.each<[row: string, name: string, behaviour: typeof answer]>([
    ["E12", "an announced answer above the cap", (socket) => socket.write(ok("x".repeat(10_001)))],
    [
      "E12",
      "an endless answer",
      (socket) => {
        socket.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
        const more = () => void (socket.writable && socket.write(`400\r\n${"x".repeat(1024)}\r\n`, more));
        more();
      },
    ],
    [
      "E12",
      "a gzip bomb, which stays packed, above the cap",
      (socket) => {
        const packed = gzipSync(Buffer.alloc(64 << 20));
        socket.write(`HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: ${packed.length}\r\n\r\n`);
        socket.write(packed);
      },
    ],
    [
      "E12",
      "a drip",
      (socket) => {
        socket.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
        const timer = setInterval(() => socket.write("1\r\nx\r\n"), 50);
        socket.on("close", () => clearInterval(timer));
      },
    ],
    ["E12", "silence", () => undefined],
    ["E12", "a broken answer", (socket) => void socket.destroy()],
    [
      "E12",
      "half of what was announced",
      (socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf"),
    ],
    [
      "E14",
      "5,000 headers",
      (socket) =>
        socket.write(
          `HTTP/1.1 200 OK\r\n${Array.from({ length: 5_000 }, (_, i) => `x-${i}: v`).join("\r\n")}\r\n\r\n`,
        ),
    ],
    [
      "E14",
      "65 headers",
      (socket) => socket.end(ok("", Array.from({ length: 65 }, (_, i) => `x-${i}: v\r\n`).join(""))),
    ],
    [
      "E14",
      "a header of a megabyte",
      (socket) => socket.write(`HTTP/1.1 200 OK\r\nx: ${"v".repeat(1 << 20)}\r\n\r\n`),
    ],
    [
      "E14",
      "a storm of 103s",
      (socket) =>
        socket.write(`${"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n".repeat(1_000)}${ok("late")}`),
    ],
    [
      "E14",
      "a storm of 100s",
      (socket) => socket.write(`${"HTTP/1.1 100 Continue\r\n\r\n".repeat(1_000)}${ok("late")}`),
    ],
    [
      "E14",
      "an upgrade",
      (socket) =>
        socket.write("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n"),
    ],
    ["E14", "no HTTP at all", (socket) => socket.end("SSH-2.0-OpenSSH\r\n")],
    [
      "E14",
      "two lengths",
      (socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab"),
    ],
  ])("%s: gives up on %s, in time, and hangs up", async (_row, _name, behaviour) => {
    answer = behaviour;
    const { fetch, rows } = egressWith();
    const started = performance.now();
    expect((await fetch()).error).toBe("transport");
    expect(performance.now() - started).toBeLessThan(limits.egressTimeoutMs + 800);
    expect(rows).toMatchObject([{ ip: "127.0.0.1", status: null, error: "transport" }]);
    await hungUp();
  });

  it("E16: sends a secret only to hosts that it is bound to", async () => {
    answer = (socket) => socket.end(ok("x"));
    const secrets: Readonly<Record<string, string>> = { key: "s3cret", split: "a\r\nb: c" };
    const secret = (name: string, hostname: string) => (hostname === NAME ? (secrets[name] ?? null) : null);
    const { fetch, rows } = egressWith();
    const send = (value: string, url?: string) =>
      fetch(url, { headers: [["authorization", value]] }, { secret });
    expect((await send("Bearer {{secret:key}}")).error).toBeNull();
    expect(requests[0]?.headers["authorization"]).toBe("Bearer s3cret");
    expect(JSON.stringify(rows)).not.toContain("s3cret");
    expect((await send("Bearer {{secret:key}}", "https://one.wild.example/")).error).toBe("not-allowed");
    expect((await send("Bearer {{secret:none}}")).error).toBe("not-allowed");
    expect((await send("Bearer {{secret:split}}")).error).toBe("not-allowed");
    expect(requests).toHaveLength(1);
  });

  it("cuts at what is left of the call's bytes, and says so", async () => {
    answer = (socket) => socket.end(ok("x".repeat(5_000)));
    const { fetch } = egressWith();
    expect(await fetch(undefined, {}, { maxBytes: 1_000 })).toMatchObject({
      error: "transport",
      isOverBudget: true,
    });
    const large = { method: "POST", body: Buffer.alloc(2_000) };
    expect(await fetch(undefined, large, { maxBytes: 1_000 })).toMatchObject({
      error: "not-allowed",
      bytes: 0,
      isOverBudget: true,
    });
    expect(requests).toHaveLength(1);
  });

  it("lets one install have eight requests open, and its neighbours theirs", async () => {
    const waiting: (() => void)[] = [];
    const { promise: all, resolve } = Promise.withResolvers<void>();
    answer = (socket) => {
      waiting.push(() => socket.end(ok("x")));
      if (waiting.length === 9) resolve();
    };
    const { fetch, rows } = egressWith({ limits: { ...limits, egressTimeoutMs: 5_000 } });
    const open = Array.from({ length: 8 }, () => fetch());
    expect((await fetch()).error).toBe("internal");
    const other = fetch(undefined, {}, { caller: { tenantId: "acme", installId: "2", requestId: null } });
    await all;
    for (const go of waiting) go();
    expect((await Promise.all([...open, other])).every(({ error }) => error === null)).toBe(true);
    expect(rows).toHaveLength(10);
    answer = (socket) => socket.end(ok("x"));
    expect((await fetch()).error).toBeNull();
  });

  it("stops with the call, also while it waits for the name", async () => {
    const ending = new AbortController();
    const never = { resolve: () => new Promise<never>(() => undefined) };
    const { fetch } = egressWith({ resolver: never });
    const pending = fetch(undefined, {}, { signal: ending.signal });
    ending.abort();
    expect((await pending).error).toBe("transport");
    // And without it at the deadline.
    expect((await fetch()).error).toBe("transport");
  });

  it("does not trust a certificate that it does not know", async () => {
    const trial = { ca: "", isPublic: () => true };
    expect((await egressWith({ trial }).fetch()).error).toBe("transport");
    expect(requests).toEqual([]);
  });

  it("goes to the operator's override, on loopback only", async () => {
    const overrides = parseOverrides({ "one.wild.example": `https://127.0.0.1:${port}` });
    const { fetch, rows } = egressWith({ overrides });
    // The override's certificate is checked like any other.
    expect((await fetch("https://one.wild.example/")).error).toBe("transport");
    expect(rows[0]?.ip).toBe("127.0.0.1");
    expect(() => parseOverrides({ "a.example": "http://10.0.0.1" })).toThrow(TypeError);
    expect(() => parseOverrides({ "a.example": "not a url" })).toThrow(TypeError);
  });

  it("leaves no connection behind", hungUp);
});
