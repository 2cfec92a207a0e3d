import { afterEach, describe, expect, it } from "vitest";
import type { BridgeViolationKind, HostBridge, HostBridgeOptions } from "./host/index.ts";
import { createHostBridge } from "./host/index.ts";
import { connectFrame, type FrameBridge } from "./frame/index.ts";
import { BRIDGE_LIMITS } from "./limits.ts";
import type { BridgeFetch, FrameElement, FrameWindow, HostWindow } from "./ports.ts";

type MessageListener = (event: MessageEvent) => void;

class FakeWindow implements HostWindow {
  readonly listeners = new Set<MessageListener>();
  readonly hideListeners = new Set<(event: { readonly persisted: boolean }) => void>();
  addEventListener(type: "message", listener: MessageListener): void;
  addEventListener(type: "pagehide", listener: (event: { readonly persisted: boolean }) => void): void;
  addEventListener(type: string, listener: (event: never) => void): void {
    if (type === "message") this.listeners.add(listener as MessageListener);
    else this.hideListeners.add(listener as (event: { readonly persisted: boolean }) => void);
  }
  removeEventListener(_type: "message", listener: MessageListener): void {
    this.listeners.delete(listener);
  }
  hide(persisted: boolean): void {
    for (const listener of this.hideListeners) listener({ persisted });
  }
  deliver(data: unknown, source: unknown, ports: MessagePort[] = []): void {
    const event = { data, source, ports, origin: "null" } as unknown as MessageEvent;
    setImmediate(() => {
      for (const listener of this.listeners) listener(event);
    });
  }
}

/** One `<iframe>`: its window proxy stays the same while documents come and go, as in a browser. */
class FakeFrame implements FrameElement {
  readonly host: FakeWindow;
  readonly loads = new Set<() => void>();
  readonly portMessages: unknown[] = [];
  readonly contentWindow: NonNullable<FrameElement["contentWindow"]>;
  current: FrameWindow & FakeWindow;

  constructor(host: FakeWindow) {
    this.host = host;
    this.current = this.document();
    this.contentWindow = {
      postMessage: (message, _target, transfer = []) => {
        const copy = structuredClone({ message, transfer }, { transfer });
        this.current.deliver(copy.message, this.current.parent, copy.transfer as MessagePort[]);
      },
    };
  }
  addEventListener(_type: "load", listener: () => void): void {
    this.loads.add(listener);
  }
  removeEventListener(_type: "load", listener: () => void): void {
    this.loads.delete(listener);
  }
  load(): void {
    for (const listener of this.loads) listener();
  }
  document(): FrameWindow & FakeWindow {
    const parent = {
      postMessage: (data: unknown) => this.host.deliver(structuredClone(data), this.contentWindow),
    };
    return Object.assign(new FakeWindow(), { parent, document: { readyState: "interactive" } });
  }
  /** Put another document in the frame. */
  replace(): FrameWindow & FakeWindow {
    this.current = this.document();
    return this.current;
  }
}

const open: { close(): void }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

interface Setup {
  readonly frame: FakeFrame;
  readonly bridge: HostBridge;
  readonly violations: BridgeViolationKind[];
  readonly closed: Promise<string>;
  readonly requests: { url: string; init: RequestInit }[];
}

function setup(options: Partial<HostBridgeOptions> = {}, hostWindow = new FakeWindow()): Setup {
  const frame = new FakeFrame(hostWindow);
  const violations: BridgeViolationKind[] = [];
  const requests: Setup["requests"] = [];
  const { promise: closed, resolve } = Promise.withResolvers<string>();
  const fetchProxy: BridgeFetch = async (url, init) => {
    requests.push({ url, init });
    return new Response(`{"naïve":"✓"}`, {
      status: 201,
      headers: {
        "content-type": "application/json; charset=utf-8",
        "x-request-id": "r1",
        "x-host-internal": "no",
      },
    });
  };
  const bridge = createHostBridge({
    iframe: frame,
    extensionId: "acme.tool",
    window: hostWindow,
    fetch: fetchProxy,
    onViolation: ({ kind }) => violations.push(kind),
    onClose: resolve,
    ...options,
  });
  open.push(bridge);
  return { frame, bridge, violations, closed, requests };
}

async function connected(
  options: Partial<HostBridgeOptions> = {},
): Promise<Setup & { readonly client: FrameBridge }> {
  const world = setup(options);
  const client = await connectFrame({ window: world.frame.current });
  world.frame.load();
  open.push(client);
  return { ...world, client };
}

/** Take the port by hand, to misbehave on it. */
async function rawPort(world: Setup, nonce = "n".repeat(32)): Promise<MessagePort> {
  const { promise, resolve } = Promise.withResolvers<MessagePort>();
  const listener = (event: MessageEvent): void => {
    const port = event.ports[0];
    if (port !== undefined) resolve(port);
  };
  world.frame.current.addEventListener("message", listener);
  world.frame.current.parent.postMessage(
    { alga: true, version: "1", type: "hello", payload: { nonce } },
    "*",
  );
  const port = await promise;
  open.push(port);
  port.start();
  return port;
}

function nextMessage(port: MessagePort): Promise<unknown> {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  port.addEventListener("message", (event) => resolve(event.data), { once: true });
  return promise;
}

const send = (port: MessagePort, type: string, payload: unknown, requestId?: string): void =>
  port.postMessage({
    alga: true,
    version: "1",
    type,
    payload,
    ...(requestId === undefined ? {} : { request_id: requestId }),
  });

describe("a connected frame", () => {
  it("starts with the host's path and theme, then follows both", async () => {
    const seen: unknown[] = [];
    const { client, bridge } = await connected({
      initialPath: "/agreements/7",
      themeTokens: { "--alga-bg": "#fff", "--unknown": "#000" },
      onNavigate: (path, { replace }) => seen.push([path, replace]),
      onResize: (height) => seen.push(height),
    });
    expect([client.path, client.themeTokens]).toEqual(["/agreements/7", { "--alga-bg": "#fff" }]);

    const moved = Promise.withResolvers<string>();
    const themed = Promise.withResolvers<unknown>();
    client.onNavigate(moved.resolve);
    client.onTheme(themed.resolve);
    bridge.navigate("/agreements");
    bridge.setTheme({ "--alga-bg": "#000" });
    expect(await moved.promise).toBe("/agreements");
    expect(await themed.promise).toEqual({ "--alga-bg": "#000" });
    expect(client.path).toBe("/agreements");

    client.navigate("/agreements/8");
    client.navigate("/agreements/9", { replace: true });
    client.resize(12.7);
    client.resize(99_999);
    await client.callProxy("/x", { method: "GET" });
    expect(seen).toEqual([["/agreements/8", false], ["/agreements/9", true], 100, 4000]);
  });

  it("gets status, headers and body of a proxied call, and only safe headers cross", async () => {
    const { client, requests } = await connected();
    const answer = await client.callProxy("/agreements?q=1", {
      method: "PUT",
      headers: {
        "Content-Type": "application/json",
        accept: "application/json",
        cookie: "a=1",
        "x-alga-tenant": "t",
      },
      body: '{"title":"Zürich ✓"}',
    });
    expect(answer.status).toBe(201);
    expect(answer.headers).toEqual({
      "content-type": "application/json; charset=utf-8",
      "x-request-id": "r1",
    });
    expect(new TextDecoder().decode(answer.body)).toBe('{"naïve":"✓"}');
    const [request] = requests;
    expect(request?.url).toBe("/api/ext-proxy/acme.tool/agreements?q=1");
    expect(request?.init).toMatchObject({
      method: "PUT",
      headers: { "content-type": "application/json", accept: "application/json" },
      credentials: "same-origin",
      redirect: "error",
    });
    expect(new TextDecoder().decode(request?.init.body as ArrayBuffer)).toBe('{"title":"Zürich ✓"}');
  });

  it("defaults to POST of octets and keeps the caller's view", async () => {
    const { client, requests } = await connected();
    const view = new Uint8Array([0, 1, 2, 3]).subarray(1, 3);
    await client.callProxy("raw", { body: view });
    expect(requests[0]?.init).toMatchObject({
      method: "POST",
      headers: { "content-type": "application/octet-stream" },
    });
    expect(new Uint8Array(requests[0]?.init.body as ArrayBuffer)).toEqual(new Uint8Array([1, 2]));
    expect(view.byteLength).toBe(2);
  });

  it("moves 10 MiB both ways without keeping a copy", async () => {
    const { client } = await connected({
      fetch: async (_url, init) => new Response(init.body as ArrayBuffer),
    });
    const body = new ArrayBuffer(BRIDGE_LIMITS.proxyBodyBytes);
    const answer = await client.callProxy("/echo", { body });
    expect(body.byteLength).toBe(0);
    expect(answer.body.byteLength).toBe(BRIDGE_LIMITS.proxyBodyBytes);
    await expect(
      client.callProxy("/echo", { body: new ArrayBuffer(BRIDGE_LIMITS.proxyBodyBytes + 1) }),
    ).rejects.toMatchObject({ code: "payload_too_large" });
  });

  it("refuses an answer above 10 MiB while it streams", async () => {
    const chunk = new Uint8Array(1024 * 1024);
    const { client } = await connected({
      fetch: async () =>
        new Response(new ReadableStream({ pull: (controller) => controller.enqueue(chunk) }), {
          status: 200,
        }),
    });
    await expect(client.callProxy("/big", { method: "GET" })).rejects.toMatchObject({
      code: "payload_too_large",
    });
  });

  it("hears why a call did not happen", async () => {
    const { client, violations, requests } = await connected({
      fetch: async () => {
        throw new TypeError("network");
      },
    });
    await expect(client.callProxy("/../../api/me", { method: "GET" })).rejects.toMatchObject({
      code: "invalid_route",
    });
    await expect(client.callProxy("/x", { method: "GET" })).rejects.toMatchObject({ code: "proxy_failed" });
    expect(violations).toEqual(["invalid_route"]);
    expect(requests).toEqual([]);
    await expect(client.callProxy("/x", { method: "GET", body: "no" })).rejects.toThrow(TypeError);
    // @ts-expect-error TRACE is not a proxy method
    await expect(client.callProxy("/x", { method: "TRACE" })).rejects.toThrow(TypeError);
    expect(() => client.navigate("https://evil.example")).toThrow(TypeError);
    expect(() => client.resize(Number.NaN)).toThrow(TypeError);
  });

  it("cancels the host's request when the caller gives up or time runs out", async () => {
    const signals: AbortSignal[] = [];
    const aborted = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const { client } = await connected({
      fetch: (_url, init) => {
        const { signal } = init;
        const done = aborted[signals.length];
        if (!signal) throw new TypeError("no signal");
        signals.push(signal);
        return new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => {
            done?.resolve();
            reject(signal.reason);
          });
        });
      },
    });
    const controller = new AbortController();
    const first = client.callProxy("/slow", { method: "GET", signal: controller.signal });
    controller.abort(new Error("gave up"));
    await expect(first).rejects.toThrow("gave up");
    await aborted[0]?.promise;
    await expect(client.callProxy("/slow", { method: "GET", timeoutMs: 1 })).rejects.toMatchObject({
      code: "proxy_timeout",
    });
    await aborted[1]?.promise;
  });

  it.each(["host", "frame"])("rejects pending calls when the %s closes", async (side) => {
    const started = Promise.withResolvers<AbortSignal>();
    const { client, bridge, closed } = await connected({
      fetch: (_url, init) => {
        if (init.signal) started.resolve(init.signal);
        return Promise.withResolvers<Response>().promise;
      },
    });
    const call = client.callProxy("/slow", { method: "GET" });
    const ended = Promise.withResolvers<void>();
    client.onClose(ended.resolve);
    const signal = await started.promise;
    const rejected = expect(call).rejects.toMatchObject({ code: "closed" });
    (side === "host" ? bridge : client).close();
    await rejected;
    await ended.promise;
    expect(await closed).toBe(side === "host" ? "closed_by_host" : "closed_by_frame");
    expect(signal.aborted).toBe(true);
    await expect(client.callProxy("/x", { method: "GET" })).rejects.toMatchObject({ code: "closed" });
    const late = Promise.withResolvers<void>();
    client.onClose(late.resolve);
    await late.promise;
    bridge.close();
    bridge.navigate("/later");
    bridge.setTheme({});
    client.navigate("/later");
  });
});

describe("the handshake", () => {
  it("gives one document one bridge, also under a double mount", async () => {
    const world = setup();
    const [one, two] = await Promise.all([
      connectFrame({ window: world.frame.current }),
      connectFrame({ window: world.frame.current }),
    ]);
    open.push(one);
    expect(one).toBe(two);
    expect(world.violations).toEqual([]);
  });

  it("survives a host that mounts twice before the frame speaks", async () => {
    const hostWindow = new FakeWindow();
    const frame = new FakeFrame(hostWindow);
    const options = { iframe: frame, extensionId: "e", window: hostWindow };
    createHostBridge(options).close();
    open.push(createHostBridge(options));
    open.push(await connectFrame({ window: frame.current }));
    expect([hostWindow.listeners.size, frame.loads.size]).toEqual([1, 1]);
  });

  it("repeats its hello until a late host is there", async () => {
    const hostWindow = new FakeWindow();
    const frame = new FakeFrame(hostWindow);
    const heard = Promise.withResolvers<void>();
    hostWindow.addEventListener("message", () => heard.resolve());
    const client = connectFrame({ window: frame.current });
    await heard.promise;
    open.push(
      createHostBridge({ iframe: frame, extensionId: "e", window: hostWindow, initialPath: "/late" }),
    );
    const bridge = await client;
    open.push(bridge);
    expect(bridge.path).toBe("/late");
  });

  it("fails with a code when nobody answers or nobody is there, and can be tried again", async () => {
    const frame = new FakeFrame(new FakeWindow());
    await expect(connectFrame({ window: frame.current, timeoutMs: 1 })).rejects.toMatchObject({
      code: "handshake_timeout",
    });
    const top: FakeWindow & { parent?: unknown } = new FakeWindow();
    top.parent = top;
    await expect(connectFrame({ window: top as unknown as FrameWindow })).rejects.toMatchObject({
      code: "not_embedded",
    });
    open.push(createHostBridge({ iframe: frame, extensionId: "e", window: frame.host }));
    open.push(await connectFrame({ window: frame.current }));
  });

  it("connects again after the host put a new bridge in place of a closed one", async () => {
    const { client, bridge, frame } = await connected();
    const ended = Promise.withResolvers<void>();
    client.onClose(ended.resolve);
    bridge.close();
    await ended.promise;
    open.push(
      createHostBridge({ iframe: frame, extensionId: "e", window: frame.host, initialPath: "/again" }),
    );
    const again = await connectFrame({ window: frame.current });
    open.push(again);
    expect(again.path).toBe("/again");
  });

  it("sends nothing but a bare port until the nonce is proven", async () => {
    const world = setup({ onReady: () => expect.unreachable() });
    const port = await rawPort(world);
    send(port, "ready", { nonce: "m".repeat(32) });
    expect(await nextMessage(port)).toMatchObject({ type: "close" });
    expect(await world.closed).toBe("handshake_failed");
  });

  it("ends when another document takes the frame, and gives it nothing", async () => {
    const { frame, closed, violations, client } = await connected();
    const evil = frame.replace();
    const received: unknown[] = [];
    evil.addEventListener("message", (event) => received.push(event.data));
    const gone = Promise.withResolvers<void>();
    client.onClose(gone.resolve);
    evil.parent.postMessage(
      { alga: true, version: "1", type: "hello", payload: { nonce: "e".repeat(32) } },
      "*",
    );
    expect(await closed).toBe("document_replaced");
    await gone.promise;
    expect(violations).toEqual(["second_hello"]);
    expect(received).toEqual([]);
    await expect(connectFrame({ window: evil, timeoutMs: 1 })).rejects.toMatchObject({
      code: "handshake_timeout",
    });
  });

  it("ends when the document says goodbye, not when it is only put aside", async () => {
    const { frame, client, closed, violations } = await connected();
    frame.current.hide(true);
    expect((await client.callProxy("/x", { method: "GET" })).status).toBe(201);
    const call = expect(client.callProxy("/x", { method: "GET" })).rejects.toMatchObject({ code: "closed" });
    frame.current.hide(false);
    await call;
    expect(await closed).toBe("document_replaced");
    expect(violations).toEqual([]);
  });

  it("ends when the frame loads again, or its port dies", async () => {
    const reloaded = await connected();
    reloaded.frame.load();
    expect(await reloaded.closed).toBe("document_replaced");
    expect(reloaded.violations).toEqual(["unexpected_load"]);

    const world = setup();
    const port = await rawPort(world);
    send(port, "ready", { nonce: "n".repeat(32) });
    await nextMessage(port);
    port.close();
    expect(await world.closed).toBe("document_replaced");
  });

  it("does not hear other windows, other frames or other libraries", async () => {
    const hostWindow = new FakeWindow();
    const one = setup({ initialPath: "/one" }, hostWindow);
    const two = setup({ initialPath: "/two" }, hostWindow);
    const hello = { alga: true, version: "1", type: "hello", payload: { nonce: "f".repeat(32) } };
    hostWindow.deliver(hello, { forged: true });
    hostWindow.deliver(hello, null);
    hostWindow.deliver({ source: "react-devtools" }, one.frame.contentWindow);
    hostWindow.deliver("text", one.frame.contentWindow);
    const [a, b] = await Promise.all([
      connectFrame({ window: one.frame.current }),
      connectFrame({ window: two.frame.current }),
    ]);
    open.push(a, b);
    expect([a.path, b.path]).toEqual(["/one", "/two"]);
    expect([one.violations, two.violations]).toEqual([[], []]);
  });

  it("a frame takes a port from its parent only, and only one", async () => {
    const world = setup();
    const { frame } = world;
    const stray = new MessageChannel();
    open.push(stray.port1, stray.port2);
    const offer = { alga: true, version: "1", type: "port", payload: {} };
    frame.current.deliver(offer, { forged: true }, [stray.port1]);
    frame.current.deliver(offer, frame.current.parent, []);
    frame.current.deliver(offer, frame.current.parent, [stray.port1, stray.port2]);
    frame.current.deliver({ ...offer, type: "bootstrap" }, frame.current.parent, [stray.port1]);
    const client = await connectFrame({ window: frame.current });
    open.push(client);
    expect(client.path).toBe("/");
  });
});

describe("a hostile frame", () => {
  async function hostile(
    options: Partial<HostBridgeOptions> = {},
  ): Promise<Setup & { readonly port: MessagePort }> {
    const world = setup(options);
    const port = await rawPort(world);
    send(port, "ready", { nonce: "n".repeat(32) });
    await nextMessage(port);
    return { ...world, port };
  }

  it("has every odd message dropped and counted, and the bridge goes on", async () => {
    const { port, violations, requests } = await hostile();
    port.postMessage("text");
    port.postMessage({ alga: true, version: "9", type: "resize", payload: {} });
    send(port, "open_modal", {});
    send(port, "__proto__", {});
    send(port, "resize", { height: "tall" });
    send(port, "navigate", { path: "//evil.example" });
    send(port, "ready", { nonce: "n".repeat(32) });
    send(port, "hello", { nonce: "n".repeat(32) });
    send(port, "resize", { height: 1, pad: "x".repeat(200_000) });
    const answer = nextMessage(port);
    send(port, "apiproxy", { route: "/ok", method: "GET", headers: { "x-request-id": "a\r\nb: c" } }, "c1");
    expect(await answer).toMatchObject({ request_id: "c1", payload: { status: 201 } });
    expect(violations).toEqual([
      "malformed",
      "unsupported_version",
      "unknown_type",
      "unknown_type",
      "malformed",
      "malformed",
      "unexpected_message",
      "unexpected_message",
      "oversize",
    ]);
    expect(requests[0]?.init.headers).toEqual({});
  });

  it("is slowed down, answered, and cut off when it does not stop", async () => {
    const { port, violations, closed } = await hostile();
    for (let index = 0; index < 2000; index += 1) send(port, "apiproxy", { route: "/x" }, `c${index}`);
    expect(await closed).toBe("too_many_violations");
    expect(violations).toHaveLength(BRIDGE_LIMITS.violations);
    expect(violations.every((kind) => kind === "rate_exceeded")).toBe(true);
  });

  it("cannot hold more than 32 calls, nor reuse an id", async () => {
    const { port, violations, requests } = await hostile({
      fetch: () => Promise.withResolvers<Response>().promise,
    });
    expect(requests).toEqual([]);
    for (let index = 0; index < BRIDGE_LIMITS.parallelCalls; index += 1) {
      send(port, "apiproxy", { route: "/x" }, `c${index}`);
    }
    send(port, "apiproxy", { route: "/x" }, "c0");
    send(port, "apiproxy", { route: "/x" }, "c99");
    expect(await nextMessage(port)).toMatchObject({ request_id: "c99", payload: { error: "rate_limited" } });
    expect(violations).toEqual(["unexpected_message"]);
  });
});

describe("createHostBridge", () => {
  it.each([{ extensionId: "../x" }, { extensionId: "" }, { initialPath: "//evil" }, { initialPath: "x" }])(
    "takes %j for a caller mistake",
    (options) => {
      expect(() => setup(options)).toThrow(TypeError);
    },
  );
});
