import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { build } from "esbuild";
import { chromium, type Browser, type Frame, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { CHROMIUM_ARGS, ensureChromium } from "../../scripts/chromium.ts";

const HOST_SCRIPT = `
  import { createHostBridge } from "@alga-ext/iframe-bridge/host";
  window.mount = (src, options = {}) => {
    const iframe = document.createElement("iframe");
    iframe.setAttribute("sandbox", "allow-scripts allow-forms");
    const state = { events: [], iframe };
    document.body.append(iframe);
    state.bridge = createHostBridge({
      iframe,
      extensionId: "acme.tool",
      ...options,
      onReady: () => state.events.push("ready"),
      onNavigate: (path) => state.events.push("navigate " + path),
      onViolation: ({ kind }) => state.events.push("violation " + kind),
      onClose: (reason) => state.events.push("closed " + reason),
    });
    iframe.src = src;
    window.mounted.push(state);
  };
  window.mounted = [];
  window.heard = 0;
  addEventListener("message", ({ data }) => {
    if (data.type === "apiproxy") window.heard += 1;
  });
`;
const FRAME_SCRIPT = `
  import { connectFrame } from "@alga-ext/iframe-bridge/frame";
  window.call = async (route, options) => {
    const { status, headers, body } = await window.bridge.callProxy(route, options);
    return { status, headers, text: new TextDecoder().decode(body), bytes: body.byteLength };
  };
  window.outcome = connectFrame({ timeoutMs: 1500 }).then(
    (bridge) => {
      window.bridge = bridge;
      return bridge.path;
    },
    (error) => error.code,
  );
`;
// Everything that a page could try when it sits where the extension was.
const EVIL_SCRIPT = `
  window.received = [];
  addEventListener("message", (event) => {
    window.received.push(event.data.type);
    const port = event.ports[0];
    if (port === undefined) return;
    port.onmessage = ({ data }) => window.received.push("on port: " + data.type);
    for (const nonce of ["0".repeat(32), "e".repeat(32)]) {
      port.postMessage({ alga: true, version: "1", type: "ready", payload: { nonce } });
    }
    port.postMessage({ alga: true, version: "1", type: "apiproxy", request_id: "x", payload: { route: "/stolen" } });
  });
  const hello = (type, payload) => parent.postMessage({ alga: true, version: "1", type, payload }, "*");
  window.attack = () => {
    hello("hello", { nonce: "e".repeat(32) });
    hello("ready", { nonce: "e".repeat(32) });
    hello("apiproxy", { route: "/stolen" });
  };
  window.attack();
`;
// Says hello as the extension would, and is gone before the answer can arrive.
const RACER_SCRIPT = `
  parent.postMessage({ alga: true, version: "1", type: "hello", payload: { nonce: "a".repeat(32) } }, "*");
  location.replace("/evil.html");
`;

interface SeenCall {
  readonly method: string;
  readonly url: string;
  readonly cookie: string | undefined;
}

interface MountedState {
  readonly events: readonly string[];
}
interface HostGlobals {
  heard: number;
  mount(src: string, options?: object): void;
  readonly mounted: readonly (MountedState & {
    readonly iframe: HTMLIFrameElement;
    readonly bridge: { navigate(path: string): void; close(): void };
  })[];
}
interface FrameGlobals {
  readonly outcome: Promise<string>;
  readonly bridge: { readonly path: string; readonly themeTokens: object; navigate(path: string): void };
  call(
    route: string,
    options?: object,
  ): Promise<{ status: number; headers: object; text: string; bytes: number }>;
}

let browser: Browser;
let hostServer: Server;
let frameServer: Server;
let page: Page;
const calls: SeenCall[] = [];
let slowStarted = Promise.withResolvers<void>();
let slowEnded = Promise.withResolvers<void>();

function must<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new TypeError("Expected a value.");
  return value;
}

function bundle(contents: string): Promise<string> {
  const options = {
    stdin: { contents, resolveDir: import.meta.dirname },
    bundle: true,
    write: false,
  } as const;
  return build({ ...options, format: "iife" }).then((result) => must(result.outputFiles.at(0)).text);
}

async function answerCall(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  calls.push({ method: String(request.method), url: String(request.url), cookie: request.headers.cookie });
  if (String(request.url).endsWith("/slow")) {
    response.on("close", () => slowEnded.resolve());
    slowStarted.resolve();
    return;
  }
  response.writeHead(207, { "content-type": "text/x-echo; charset=utf-8", "x-internal": "secret" });
  response.end(Buffer.concat(chunks));
}

function serve(files: Record<string, string>): Server {
  return createServer((request, response) => {
    const { pathname } = new URL(String(request.url), "http://any");
    if (pathname.startsWith("/api/")) return void answerCall(request, response);
    const body = files[pathname];
    response.writeHead(body === undefined ? 404 : 200, {
      "content-type": pathname.endsWith(".js") ? "text/javascript" : "text/html",
      "access-control-allow-origin": "*",
    });
    response.end(body);
  });
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;
const pageWith = (script: string): string =>
  `<!doctype html><title>x</title><script type="module" src="${script}"></script>`;

beforeAll(async () => {
  const [host, frame] = await Promise.all([bundle(HOST_SCRIPT), bundle(FRAME_SCRIPT)]);
  hostServer = serve({
    "/": '<!doctype html><title>host</title><body><script src="/host.js"></script>',
    "/host.js": host,
  });
  frameServer = serve({
    "/frame.html": pageWith("/frame.js"),
    "/frame.js": frame,
    "/evil.html": pageWith("/evil.js"),
    "/evil.js": EVIL_SCRIPT,
    "/racer.html": pageWith("/racer.js"),
    "/racer.js": RACER_SCRIPT,
  });
  await Promise.all([
    new Promise<void>((resolve) => hostServer.listen(0, "127.0.0.1", resolve)),
    new Promise<void>((resolve) => frameServer.listen(0, "127.0.0.1", resolve)),
  ]);
  browser = await chromium.launch({ executablePath: ensureChromium(), args: [...CHROMIUM_ARGS] });
});

afterAll(async () => {
  await browser.close();
  for (const server of [hostServer, frameServer]) {
    server.close();
    server.closeAllConnections();
  }
});

async function openHost(): Promise<void> {
  calls.length = 0;
  slowStarted = Promise.withResolvers();
  slowEnded = Promise.withResolvers();
  const context = await browser.newContext();
  const url = `http://localhost:${portOf(hostServer)}`;
  await context.addCookies([{ name: "session", value: "s3cret", url, httpOnly: true }]);
  page = await context.newPage();
  await page.goto(url);
}

afterEach(() => page.context().close());

/** Put a frame in the page and wait for its document. */
async function mount(file: string, options: object = {}): Promise<Frame> {
  const before = page.frames().length;
  const src = `http://127.0.0.1:${portOf(frameServer)}/${file}`;
  await page.evaluate(([src, options]) => (globalThis as unknown as HostGlobals).mount(src, options), [
    src,
    options,
  ] as const);
  await expect.poll(() => page.frames().length).toBe(before + 1);
  const frame = must(page.frames().at(before));
  await frame.waitForURL(/127\.0\.0\.1/);
  return frame;
}

const outcome = (frame: Frame): Promise<string> =>
  frame.evaluate(() => (globalThis as unknown as FrameGlobals).outcome);
const call = (frame: Frame, route: string, options: object = {}) =>
  frame.evaluate(([route, options]) => (globalThis as unknown as FrameGlobals).call(route, options), [
    route,
    options,
  ] as const);
const events = (index = 0): Promise<readonly string[]> =>
  page.evaluate((at) => (globalThis as unknown as HostGlobals).mounted.at(at)?.events ?? [], index);

async function closedBecause(reason: string, index = 0): Promise<void> {
  await expect.poll(() => events(index)).toContain(`closed ${reason}`);
}

/** What an evil page got in answer to all its attempts. */
async function receivedBy(frame: Frame): Promise<readonly string[]> {
  await frame.waitForFunction(() => "received" in globalThis);
  await page.evaluate(() => {
    (globalThis as unknown as HostGlobals).heard = 0;
  });
  await frame.evaluate(() => (globalThis as unknown as { attack(): void }).attack());
  await page.waitForFunction(() => (globalThis as unknown as HostGlobals).heard > 0);
  // Messages between two windows keep their order: with this one, every answer of the bridge has arrived.
  await page.evaluate(() => {
    for (const { contentWindow } of document.querySelectorAll("iframe"))
      contentWindow?.postMessage({ type: "ping" }, "*");
  });
  await frame.waitForFunction(() =>
    (globalThis as unknown as { received: string[] }).received.includes("ping"),
  );
  const received = await frame.evaluate(() => (globalThis as unknown as { received: string[] }).received);
  return received.filter((type) => type !== "ping");
}

describe("bridge in Chromium", () => {
  test("a sandboxed frame with an opaque origin calls its API with the host's session and never sees it", async () => {
    await openHost();
    const frame = await mount("frame.html", {
      initialPath: "/deep/link",
      themeTokens: { "--alga-bg": "#fff" },
    });
    expect(await outcome(frame)).toBe("/deep/link");
    expect(await frame.evaluate(() => globalThis.origin)).toBe("null");
    await expect(frame.evaluate(() => document.cookie)).rejects.toThrow(/sandboxed/i);

    const answer = await call(frame, "/things?q=1", { method: "PUT", body: "Zürich ✓" });
    expect(answer).toMatchObject({
      status: 207,
      text: "Zürich ✓",
      headers: { "content-type": "text/x-echo; charset=utf-8" },
    });
    expect(answer.headers).not.toHaveProperty("x-internal");
    expect(calls).toEqual([
      { method: "PUT", url: "/api/ext-proxy/acme.tool/things?q=1", cookie: "session=s3cret" },
    ]);
    expect(await events()).toEqual(["ready"]);
  });

  test("host and frame move each other without a reload", async () => {
    await openHost();
    const frame = await mount("frame.html");
    await outcome(frame);
    await frame.evaluate(() => (globalThis as unknown as FrameGlobals).bridge.navigate("/a/1"));
    await expect.poll(() => events()).toEqual(["ready", "navigate /a/1"]);
    await page.evaluate(() => (globalThis as unknown as HostGlobals).mounted.at(0)?.bridge.navigate("/a"));
    await frame.waitForFunction(() => (globalThis as unknown as FrameGlobals).bridge.path === "/a");
  });

  test("10 MiB go both ways; a byte more is refused; a climbing route goes nowhere", async () => {
    await openHost();
    const frame = await mount("frame.html");
    await outcome(frame);
    const sizes = await frame.evaluate(async () => {
      const scope = globalThis as unknown as FrameGlobals;
      const call: FrameGlobals["call"] = (route, options) => scope.call(route, options);
      const full = await call("/echo", { body: new ArrayBuffer(10 * 1024 * 1024) });
      const refusals = await Promise.all(
        [
          call("/echo", { body: new ArrayBuffer(10 * 1024 * 1024 + 1) }),
          call("/../../login", { method: "GET" }),
          call("/%2e%2e/%2e%2e/login", { method: "GET" }),
          call("//127.0.0.1/x", { method: "GET" }),
        ].map((one) => one.catch((error: { code: string }) => error.code)),
      );
      return [full.bytes, ...refusals];
    });
    expect(sizes).toEqual([
      10 * 1024 * 1024,
      "payload_too_large",
      "invalid_route",
      "invalid_route",
      "invalid_route",
    ]);
    expect(calls.map(({ url }) => url)).toEqual(["/api/ext-proxy/acme.tool/echo"]);
  });

  test("a reload in the middle of a call ends the call and the bridge; the new document gets nothing", async () => {
    await openHost();
    const frame = await mount("frame.html");
    await outcome(frame);
    await frame.evaluate(() => void (globalThis as unknown as FrameGlobals).call("/slow").catch(() => {}));
    await slowStarted.promise;
    await frame.evaluate(() => location.reload()).catch(() => {});
    await slowEnded.promise;
    await closedBecause("document_replaced");
    await frame.waitForFunction(() => "outcome" in globalThis);
    expect(await outcome(frame)).toBe("handshake_timeout");
    expect(await events()).toEqual(expect.arrayContaining(["ready"]));
    expect((await events()).filter((event) => event === "ready")).toHaveLength(1);
  });

  test("the host's close ends the frame's call", async () => {
    await openHost();
    const frame = await mount("frame.html");
    await outcome(frame);
    const code = frame.evaluate(() =>
      (globalThis as unknown as FrameGlobals).call("/slow").catch((error: { code: string }) => error.code),
    );
    await slowStarted.promise;
    await page.evaluate(() => (globalThis as unknown as HostGlobals).mounted.at(0)?.bridge.close());
    expect(await code).toBe("closed");
    await slowEnded.promise;
    expect(await events()).toEqual(["ready", "closed closed_by_host"]);
  });

  test("removing the frame in the middle of a call ends both", async () => {
    await openHost();
    const frame = await mount("frame.html");
    await outcome(frame);
    await frame.evaluate(() => void (globalThis as unknown as FrameGlobals).call("/slow").catch(() => {}));
    await slowStarted.promise;
    await page.evaluate(() => (globalThis as unknown as HostGlobals).mounted.at(0)?.iframe.remove());
    await slowEnded.promise;
    await closedBecause("document_replaced");
  });

  test("a page the frame navigates to gets no port, no bootstrap and no call", async () => {
    await openHost();
    const frame = await mount("frame.html");
    await outcome(frame);
    await frame.evaluate(() => location.assign("/evil.html"));
    await frame.waitForURL(/evil\.html/);
    await closedBecause("document_replaced");
    expect(await receivedBy(frame)).toEqual([]);
    expect(calls).toEqual([]);
  });

  test("a page that wins the race for the port cannot use it", async () => {
    await openHost();
    const frame = await mount("racer.html");
    await frame.waitForURL(/evil\.html/);
    const received = await receivedBy(frame);
    await expect.poll(async () => (await events()).some((event) => event.startsWith("closed "))).toBe(true);
    expect(await events()).not.toContain("ready");
    expect(received.filter((type) => !["port", "on port: close"].includes(type))).toEqual([]);
    expect(calls).toEqual([]);
  });

  test("messages forged by the page itself or by another frame are not heard", async () => {
    await openHost();
    const frame = await mount("frame.html");
    await outcome(frame);
    await page.evaluate(
      (evil) => {
        const message = { alga: true, version: "1", type: "hello", payload: { nonce: "f".repeat(32) } };
        window.postMessage(message, "*");
        const other = document.createElement("iframe");
        other.setAttribute("sandbox", "allow-scripts");
        other.src = evil;
        document.body.append(other);
      },
      `http://127.0.0.1:${portOf(frameServer)}/evil.html`,
    );
    await expect.poll(() => page.frames().length).toBe(3);
    expect(await receivedBy(must(page.frames().at(2)))).toEqual([]);
    expect((await call(frame, "/still/here", { method: "GET" })).status).toBe(207);
    expect(await events()).toEqual(["ready"]);
    expect(calls.map(({ url }) => url)).toEqual(["/api/ext-proxy/acme.tool/still/here"]);
  });

  test("two frames of one extension stay apart", async () => {
    await openHost();
    const one = await mount("frame.html", { initialPath: "/one" });
    const two = await mount("frame.html", { initialPath: "/two" });
    expect([await outcome(one), await outcome(two)]).toEqual(["/one", "/two"]);
    await one.evaluate(() => (globalThis as unknown as FrameGlobals).bridge.navigate("/one/1"));
    await expect.poll(() => events(0)).toEqual(["ready", "navigate /one/1"]);
    expect(await events(1)).toEqual(["ready"]);
    const texts = await Promise.all([call(one, "/e", { body: "1" }), call(two, "/e", { body: "2" })]);
    expect(texts.map(({ text }) => text)).toEqual(["1", "2"]);
    await one.evaluate(() => location.reload()).catch(() => {});
    await closedBecause("document_replaced", 0);
    expect((await call(two, "/e", { body: "3" })).text).toBe("3");
  });
});
