import type { DebugEvent, Permission } from "@alga-ext/protocol";
import { afterEach, describe, expect, test, vi } from "vitest";
import { guestAnswer, createFakeInvoker } from "../testing/fake-invoker.ts";
import { createTestGateway, type TestGateway } from "../testing/create-test-gateway.ts";
import { aPrincipal, anInstall } from "../testing/tenants.ts";
import type { GatewayOptions } from "../options.ts";
import { createMemoryDebugLog } from "./create-memory-debug-log.ts";

const { registryId, installId, slug } = anInstall();
const PATH = `/api/ext-debug/stream?extensionId=${registryId}`;
const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  vi.useRealTimers();
  for (const one of open.splice(0)) await one.close();
});

function setUp(
  overrides: Partial<Omit<GatewayOptions, "invoker" | "audit">> & { readonly maxEvents?: number } = {},
) {
  const { maxEvents = 2000, ...options } = overrides;
  const debug = createMemoryDebugLog({ maxEvents });
  const invoker = createFakeInvoker(() => answer);
  const gateway = createTestGateway({ debug, ...options, invoker });
  open.push(gateway, debug);
  const say = (message: string, more: Partial<DebugEvent> = {}): void =>
    debug.publish({ ...EVENT, message, ...more });
  return { gateway, debug, say };
}

const EVENT: DebugEvent = {
  ts: "2026-01-02T03:04:05.678Z",
  level: "info",
  stream: "log",
  tenantId: "acme",
  extensionId: registryId,
  installId,
  requestId: "req-1",
  versionId: null,
  contentHash: null,
  message: "",
  truncated: false,
};

const answer = guestAnswer({
  status: 201,
  usage: {
    duration_ms: 8.5,
    cpu_ms: 2,
    egress_bytes: 7,
    host_calls: 3,
    log_lines: [
      { ts: "2026-01-02T03:04:05.678Z", level: "info", message: "one\u202e" },
      { ts: "no time", level: "error", message: "x".repeat(9000) },
    ],
    metrics: [{ name: "m", kind: "counter", sum: 1 }],
    capabilities: [
      { target: "alga:extension/storage#get", calls: 1, failed: 0, denied: 0, ms: 2, spans: [[1, 2]] },
    ],
  },
});

interface Frame {
  readonly id?: string;
  readonly event?: string;
  readonly data?: string;
}

/** Reads an event stream frame by frame, as a browser would take it apart. */
async function listen(gateway: TestGateway, path = PATH, headers: Record<string, string> = {}) {
  const controller = new AbortController();
  const response = await gateway.call(path, { headers, signal: controller.signal });
  expect(response.status).toBe(200);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = "";
  const frame = async (): Promise<Frame | null> => {
    for (;;) {
      const end = buffer.indexOf("\n\n");
      if (end === -1) {
        const { done, value } = await reader.read();
        if (done) return null;
        buffer += value;
        continue;
      }
      const fields = buffer
        .slice(0, end)
        .split("\n")
        .map((line) => line.split(/: (.*)/s))
        .filter(([name]) => name !== "");
      buffer = buffer.slice(end + 2);
      return Object.fromEntries(fields) as Frame;
    }
  };
  /** The next frame that says something. */
  const next = async (): Promise<Frame | null> => {
    for (;;) {
      const found = await frame();
      if (found === null || found.data !== undefined) return found;
    }
  };
  const messages = async (count: number): Promise<readonly string[]> => {
    const found: string[] = [];
    while (found.length < count) found.push((JSON.parse((await next())?.data ?? "") as DebugEvent).message);
    return found;
  };
  return { response, frame, next, messages, leave: () => controller.abort(), cancel: () => reader.cancel() };
}

describe("GET", () => {
  test("is an event stream that no proxy may keep or change", async () => {
    const { gateway } = setUp();
    const { response } = await listen(gateway);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache, no-transform",
      "x-content-type-options": "nosniff",
      "x-request-id": expect.any(String) as string,
    });
  });

  test("tells the tail first, then what comes, each with its id", async () => {
    const { gateway, say } = setUp({ debugStream: { tailCount: 2 } });
    for (const message of ["a", "b", "c"]) say(message);
    const stream = await listen(gateway);
    expect(await stream.messages(2)).toEqual(["b", "c"]);
    say("d");
    const frame = await stream.next();
    expect(JSON.parse(frame!.data!)).toEqual({ ...EVENT, message: "d", id: frame!.id });
    expect(frame!.event).toBeUndefined();
  });

  test("goes on after Last-Event-ID without loss or repeat", async () => {
    const { gateway, say } = setUp({ debugStream: { tailCount: 1 } });
    for (const message of ["a", "b"]) say(message);
    const first = await listen(gateway);
    const { id } = (await first.next())!;
    await first.cancel();
    for (let n = 0; n < 250; n++) say(`${n}`);
    const again = await listen(gateway, PATH, { "last-event-id": id! });
    expect(await again.messages(250)).toEqual(Array.from({ length: 250 }, (_, n) => `${n}`));
  });

  test("says how many events a reader missed when the log has moved on", async () => {
    const { gateway, say } = setUp({ maxEvents: 10 });
    say("seen");
    const first = await listen(gateway);
    const { id } = (await first.next())!;
    await first.cancel();
    for (let n = 0; n < 15; n++) say(`${n}`);
    const again = await listen(gateway, PATH, { "last-event-id": id! });
    expect(await again.next()).toEqual({ event: "gap", data: '{"missed":5}' });
    expect(await again.messages(10)).toEqual(Array.from({ length: 10 }, (_, n) => `${n + 5}`));
  });

  test.each(["x", "1", "-1-2", "99999999999999-1", "0-0x"])(
    "a Last-Event-ID that was never given out, %j, is a gap and the tail",
    async (id) => {
      const { gateway, say } = setUp();
      say("a");
      const stream = await listen(gateway, PATH, { "last-event-id": id });
      expect(await stream.next()).toEqual({ event: "gap", data: '{"missed":null}' });
      expect(await stream.messages(1)).toEqual(["a"]);
    },
  );

  test("is narrowed to an install and a request, without regard to case", async () => {
    const { gateway, say } = setUp();
    say("a", { installId: "other" });
    say("b", { requestId: null });
    say("c", { requestId: "REQ-2", installId: "INSTALL-2" });
    const stream = await listen(gateway, `${PATH}&installId=install-2&requestId=req-2`);
    expect(await stream.messages(1)).toEqual(["c"]);
  });

  test("takes the registry id, the install id and the slug", async () => {
    const { gateway, say } = setUp();
    say("a");
    for (const id of [installId, slug, registryId.toUpperCase()]) {
      const stream = await listen(gateway, `/api/ext-debug/stream?extensionId=${id}`);
      expect(await stream.messages(1)).toEqual(["a"]);
    }
  });

  test("what an extension logged stays readable after it was uninstalled", async () => {
    const { gateway, say } = setUp({ installs: { resolve: async () => null } });
    say("a");
    expect(await (await listen(gateway)).messages(1)).toEqual(["a"]);
  });

  test("a silent stream says that it is there, and where it is", async () => {
    const { gateway, say } = setUp({ debugStream: { heartbeatMs: 5 } });
    say("a");
    const stream = await listen(gateway);
    const { id } = (await stream.next())!;
    expect(await stream.frame()).toEqual({ id });
    expect(await stream.frame()).toEqual({ id });
  });

  test("reads on only when the client takes what it was given: what is missed meanwhile is a gap, not memory", async () => {
    const { gateway, debug, say } = setUp({ maxEvents: 100 });
    const reads = vi.spyOn(debug, "read");
    say("first");
    const stream = await listen(gateway);
    expect(await stream.messages(1)).toEqual(["first"]);
    const before = reads.mock.calls.length;
    for (let n = 0; n < 5000; n++) say(`${n}`.padEnd(8192, "."));
    // One page may wait in the decoder between; nothing else is asked for.
    await new Promise(setImmediate);
    expect(reads.mock.calls.length - before).toBeLessThanOrEqual(1);
    const missed: unknown[] = [];
    for (let last = ""; !last.startsWith("4999.");) {
      const frame = (await stream.next())!;
      const data = JSON.parse(frame.data!) as { missed?: number; message?: string };
      if (frame.event === "gap") missed.push(data.missed);
      else last = data.message!;
    }
    expect(missed.length).toBeGreaterThan(0);
  });

  test("gives up on a client that takes nothing", async () => {
    const { gateway, say } = setUp({ debugStream: { stallMs: 5, maxStreamsPerTenant: 1 } });
    say("a");
    const response = await gateway.call(PATH);
    const reader = response.body!.getReader();
    await reader.read();
    // Its place is free for another once it was given up, and that one's too, which never began to read.
    await expect.poll(async () => (await gateway.call(PATH)).status).toBe(200);
    await expect.poll(async () => (await gateway.call(PATH)).status).toBe(200);
    await expect(reader.read()).rejects.toMatchObject({ name: "TimeoutError" });
  });
});

describe("who may read", () => {
  test.each([
    ["nobody", null, 401, "unauthenticated"],
    ["nobody in particular", aPrincipal({ userId: "" }), 401, "unauthenticated"],
    ["somebody of no tenant", aPrincipal({ tenantId: "" }), 401, "missing_tenant"],
    ["somebody without extension:read", aPrincipal({ permissions: ["extension:write"] }), 403, "forbidden"],
    [
      "a client's user, whatever the permissions",
      aPrincipal({ userType: "client", clientId: "c-1" }),
      403,
      "forbidden",
    ],
  ])("not %s", async (_who, principal, status, error) => {
    const { gateway } = setUp({ authenticate: async () => principal });
    for (const method of ["GET", "POST"]) {
      const response = await gateway.call(PATH, { method });
      expect(response.status).toBe(status);
      expect(await response.json()).toMatchObject({ error });
    }
  });

  test.each([
    ["tenantId=globex", {}],
    ["tenantId=acme&tenantId=globex", {}],
    ["tenantId=ACME", {}],
    ["", { "x-alga-tenant": "globex" }],
    ["", { "x-tenant-id": "globex" }],
  ])("D1: not with another tenant's name, %s %j", async (query, headers) => {
    const { gateway, say } = setUp();
    say("globex's own", { tenantId: "globex" });
    for (const method of ["GET", "POST"]) {
      const response = await gateway.call(`${PATH}&${query}`, { method, headers });
      expect(response.status).toBe(403);
      expect(await response.json()).toMatchObject({ error: "tenant_mismatch" });
    }
  });

  test("the session's own tenant may be named", async () => {
    const { gateway, say } = setUp();
    say("globex's own", { tenantId: "globex" });
    say("a");
    const stream = await listen(gateway, `${PATH}&tenantId=acme`, { "x-alga-tenant": "acme" });
    expect(await stream.messages(1)).toEqual(["a"]);
  });

  test("another tenant's install id opens nothing of it", async () => {
    const { gateway, say } = setUp({
      authenticate: async () => aPrincipal({ tenantId: "globex" }),
      // A resolver that forgets to look at the tenant.
      installs: { resolve: async () => anInstall() },
    });
    say("acme's own");
    const response = await gateway.call(PATH, { method: "POST" });
    expect(await response.json()).toEqual({ events: [], lastId: "0-0" });
  });

  test.each([
    ["the session ends", () => null, "unauthenticated"],
    ["the permission is taken away", () => aPrincipal({ permissions: [] }), "forbidden"],
    ["it is another user's session now", () => aPrincipal({ userId: "user-2" }), "unauthenticated"],
    [
      "nobody can say who it is",
      () => {
        throw new TypeError("no session store");
      },
      "access_policy_unavailable",
    ],
  ])("a stream ends when %s, and tells nothing that came later", async (_when, then, error) => {
    let now = 1_000_000;
    let who: () => ReturnType<typeof aPrincipal> | null = aPrincipal;
    const { gateway, say } = setUp({
      authenticate: async () => who(),
      clock: () => now,
      debugStream: { recheckMs: 30_000, heartbeatMs: 10_000 },
    });
    say("a");
    const stream = await listen(gateway);
    expect(await stream.messages(1)).toEqual(["a"]);
    const next = stream.next();
    who = then;
    now += 29_999;
    say("b");
    expect(JSON.parse((await next)!.data!)).toMatchObject({ message: "b" });
    const after = stream.next();
    now += 1;
    say("c");
    expect(await after).toEqual({ event: "end", data: JSON.stringify({ error }) });
    expect(await stream.next()).toBeNull();
  });

  test("a stream of who may still read goes on", async () => {
    let now = 1_000_000;
    const authenticate = vi.fn(async () => aPrincipal());
    const { gateway, say } = setUp({ authenticate, clock: () => now, debugStream: { recheckMs: 30_000 } });
    const stream = await listen(gateway);
    for (const message of ["a", "b", "c"]) {
      say(message);
      expect(await stream.messages(1)).toEqual([message]);
      now += 30_000;
    }
    expect(authenticate.mock.calls.length).toBeGreaterThanOrEqual(3);
  });
});

describe("open streams of a tenant", () => {
  test("are so many and no more; whoever leaves makes room, and neighbours have their own", async () => {
    let tenantId = "acme";
    const { gateway } = setUp({
      authenticate: async () => aPrincipal({ tenantId }),
      debugStream: { maxStreamsPerTenant: 2 },
    });
    const one = await listen(gateway);
    const two = await listen(gateway);
    await one.frame();
    const refused = await gateway.call(PATH);
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ error: "rate_limited" });
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    tenantId = "globex";
    await listen(gateway);
    tenantId = "acme";
    await one.cancel();
    const three = await listen(gateway);
    expect((await gateway.call(PATH)).status).toBe(429);
    two.leave();
    three.leave();
    await listen(gateway);
    await listen(gateway);
  });

  test("end when the gateway closes", async () => {
    const { gateway } = setUp();
    const stream = await listen(gateway);
    await stream.frame();
    const next = stream.next();
    await gateway.close();
    expect(await next).toBeNull();
  });

  test("end when the log does", async () => {
    const { gateway, debug } = setUp();
    const stream = await listen(gateway);
    const next = stream.next();
    await debug.close();
    expect(await next).toEqual({ event: "end", data: '{"error":"overloaded"}' });
    expect(await stream.next()).toBeNull();
  });
});

describe("POST", () => {
  const poll = async (gateway: TestGateway, body?: unknown) => {
    const response = await gateway.call(PATH, {
      method: "POST",
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    return { status: response.status, json: (await response.json()) as Record<string, unknown> };
  };

  test("reads page after page from the beginning, and the same again while nothing came", async () => {
    const { gateway, say } = setUp();
    for (let n = 0; n < 130; n++) say(`${n}`);
    const first = (await poll(gateway)).json as { events: DebugEvent[]; lastId: string };
    expect(first.events.map(({ message }) => message)).toEqual(Array.from({ length: 100 }, (_, n) => `${n}`));
    const { lastId } = first;
    const second = (await poll(gateway, { lastId })).json as typeof first;
    expect(second.events).toHaveLength(30);
    expect((await poll(gateway, { lastId: second.lastId })).json).toEqual({
      events: [],
      lastId: second.lastId,
    });
    expect((await poll(gateway, { lastId: "0" })).json).toEqual(first);
  });

  test("says how many events are gone", async () => {
    const { gateway, say } = setUp({ maxEvents: 2 });
    for (const message of ["a", "b", "c"]) say(message);
    expect((await poll(gateway, {})).json["missed"]).toBe(1);
  });

  test.each([["{"], [{ lastId: 7 }], [{ lastId: "7" }], [{ lastId: "x" }], ["null"], [{ lastId: null }]])(
    "400 for %j",
    async (body) => {
      const { gateway } = setUp();
      const { status, json } = await poll(gateway, body);
      expect(status).toBe(400);
      expect(json).toMatchObject({ error: "invalid_request" });
    },
  );

  test("413 for a body that no cursor needs", async () => {
    const { gateway } = setUp();
    expect((await poll(gateway, { lastId: "0", more: "x".repeat(5000) })).status).toBe(413);
  });

  test("403 for a request that another site started", async () => {
    const { gateway } = setUp();
    const headers = { cookie: "a=b", "sec-fetch-site": "cross-site" };
    expect((await gateway.call(PATH, { method: "POST", headers })).status).toBe(403);
  });
});

test.each(["", "?extensionId=", "?extensionId=a/b", `?extensionId=${"a".repeat(201)}`])(
  "400 for the query %j",
  async (query) => {
    const { gateway } = setUp();
    const response = await gateway.call(`/api/ext-debug/stream${query}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: "invalid_request" });
  },
);

test.each(["HEAD", "PUT", "DELETE", "OPTIONS"])("405 for %s", async (method) => {
  const { gateway } = setUp();
  const response = await gateway.call(PATH, { method });
  expect(response.status).toBe(405);
  expect(response.headers.get("allow")).toBe("GET, POST");
});

test("there is no such route without a log", async () => {
  const gateway = createTestGateway();
  expect(await gateway.fetch(new Request(`https://host.example${PATH}`))).toBeNull();
});

describe("what a call tells", () => {
  const permissions: readonly Permission[] = ["extension:read", "extension:write"];

  test("its log lines, then one event with timing, outcome and use, all with its request id", async () => {
    const { gateway } = setUp({ authenticate: async () => aPrincipal({ permissions }) });
    const stream = await listen(gateway);
    await stream.frame();
    const headers = { "x-request-id": "req-7" };
    await gateway.call(`/api/ext/${registryId}/agreements`, { method: "POST", headers, body: "{}" });
    const events: DebugEvent[] = [];
    while (events.length < 3) events.push(JSON.parse((await stream.next())!.data!) as DebugEvent);
    const common = { tenantId: "acme", extensionId: registryId, installId, requestId: "req-7" };
    for (const event of events) {
      expect(event).toMatchObject({
        ...common,
        versionId: anInstall().versionId,
        contentHash: anInstall().contentHash,
      });
      expect(new Date(event.ts).toISOString()).toBe(event.ts);
    }
    const [one, two, call] = events as [DebugEvent, DebugEvent, DebugEvent];
    expect(one).toMatchObject({ level: "info", stream: "log", message: "one\\u202e", truncated: false });
    expect(one.ts).toBe("2026-01-02T03:04:05.678Z");
    expect(two).toMatchObject({ level: "error", message: "x".repeat(8192), truncated: true });
    expect(call).toMatchObject({ level: "info", stream: "call" });
    const { log_lines: _lines, metrics: _metrics, ...usage } = answer.usage!;
    expect(call.call).toEqual({
      method: "POST",
      path: "/agreements",
      endpoint: "/agreements",
      status: "ok",
      httpStatus: 201,
      error: null,
      startedAt: expect.any(String) as string,
      durationMs: expect.any(Number) as number,
      usage,
    });
  });

  test.each([
    [
      { status: 404 },
      { level: "warn", message: expect.stringContaining(" 404 ") as string },
      { status: "upstream_error", httpStatus: 404 },
    ],
    [
      { status: 500, body_b64: null, error: "memory_exceeded" },
      { level: "error" },
      { status: "error", httpStatus: 500, error: "memory_exceeded" },
    ],
  ])("a call that failed, %j", async (given, event, call) => {
    const debug = createMemoryDebugLog();
    const gateway = createTestGateway({ debug, invoker: createFakeInvoker(() => given) });
    await gateway.call(`/api/ext/${registryId}/agreements`);
    const { events } = await debug.read({ ...EVENT, after: null, limit: 10 });
    expect(events).toMatchObject([{ ...event, stream: "call", call: { ...call, usage: null } }]);
  });
});
