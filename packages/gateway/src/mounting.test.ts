import { afterEach, describe, expect, test, vi } from "vitest";
import type { GatewayOptions } from "./options.ts";
import { createTestGateway } from "./testing/create-test-gateway.ts";
import { anInstall, aPrincipal } from "./testing/tenants.ts";

const CALL = "/api/ext/acme-labs.agreements/agreements";
const runnerPublicBase = "https://runner.example";
const ask = async (options: Partial<GatewayOptions>, path: string, init?: RequestInit) => {
  const { invoker: _invoker, audit: _audit, ...rest } = options;
  const gateway = createTestGateway(rest);
  return gateway.fetch(new Request(`https://host.example${path}`, init));
};
const codeOf = async (response: Response | null) =>
  ((await response?.json()) as { error?: string } | undefined)?.error;

afterEach(() => void vi.unstubAllGlobals());

describe("basePath", () => {
  const basePath = "/platform/x";

  test("everything is below it and nothing beside it", async () => {
    const gateway = createTestGateway({ basePath, runnerPublicBase });
    expect((await gateway.call(`${basePath}${CALL}`)).status).toBe(200);
    expect(gateway.invoker.calls[0]?.request.http.path).toBe("/agreements");
    const ui = await gateway.call(`${basePath}/ext-ui/e/h/index.html?a=1`);
    expect(ui.headers.get("location")).toBe("https://runner.example/ext-ui/e/h/index.html?a=1");
    const config = await gateway.call(`${basePath}/api/internal/ext-runner/install-config`, {
      method: "POST",
    });
    expect(config.status).toBe(401);
    for (const path of [CALL, `/platform${CALL}`, `${basePath}x${CALL}`, `/a${basePath}${CALL}`]) {
      expect(await ask({ basePath }, path)).toBeNull();
    }
  });

  test("the registry's handler sees the paths it knows, with the body", async () => {
    const registry = async (request: Request) =>
      Response.json({ path: new URL(request.url).pathname, body: await request.text() });
    const response = await ask({ basePath, registry }, `${basePath}/api/extensions/catalog`, {
      method: "POST",
      body: "x",
    });
    expect(await response?.json()).toEqual({ path: "/api/extensions/catalog", body: "x" });
  });

  test.each(["platform", "/platform/", "/", "//x", "/a?b", "/a/../b", "/a b"])("%j is none", (text) => {
    expect(() => createTestGateway({ basePath: text })).toThrow(TypeError);
  });
});

describe("routes", () => {
  const registry = async () => new Response("registry");
  test.each([
    ["ext", CALL],
    ["extProxy", CALL.replace("ext", "ext-proxy")],
    ["extUi", "/ext-ui/e/h/"],
    ["internal", "/api/internal/ext-runner/install-config"],
    ["registry", "/api/extensions/catalog"],
  ])("%s can be left out", async (route, path) => {
    expect(await ask({ registry }, path)).not.toBeNull();
    const left = { registry, routes: { [route]: false } };
    // What the gateway leaves to others, the registry's handler is asked about too.
    if (route === "registry") expect(await ask(left, path)).toBeNull();
    else expect(await (await ask(left, path))?.text()).toBe("registry");
    expect(await ask({ routes: { [route]: false } }, path)).toBeNull();
  });

  test("runner is there only when it is asked for", async () => {
    expect(await ask({}, "/runner/ext-ui/e/h/")).toBeNull();
  });

  test("the registry is asked last", async () => {
    const asked: string[] = [];
    const handler = async (request: Request) => {
      asked.push(new URL(request.url).pathname);
      return null;
    };
    await ask({ registry: handler }, CALL);
    expect(await ask({ registry: handler }, "/api/none")).toBeNull();
    expect(asked).toEqual(["/api/none"]);
  });
});

describe("edition community", () => {
  const registry = async () => new Response("registry");
  const community = { edition: "community", registry, runnerPublicBase } as const;

  test.each([
    [CALL, 404, { error: "not_found" }],
    [CALL.replace("ext", "ext-proxy"), 404, { error: "not_found" }],
    ["/ext-ui/e/h/", 404, { error: "not_found" }],
    ["/api/internal/ext-storage/install/x", 501, { code: "EE_REQUIRED" }],
    ["/api/ext-bundles/finalize", 501, {}],
    ["/api/v1/extensions/install", 501, {}],
  ])("%s is %i", async (path, status, body) => {
    const response = await ask(community, path);
    expect(response?.status).toBe(status);
    expect(response?.headers.get("cache-control")).toBe("no-store");
    expect(await response?.json()).toMatchObject(body);
  });

  test("leaves the rest to the host", async () => {
    expect(await ask(community, "/api/tickets")).toBeNull();
  });
});

describe("/ext-ui", () => {
  const install = anInstall();
  const path = `/ext-ui/${install.slug}/${install.contentHash}/index.html`;
  const gate = (options: Partial<GatewayOptions>, of = path, init?: RequestInit) =>
    ask({ runnerPublicBase, ...options }, of, init);

  test("sends browsers to the runner for good, and nobody is asked who they are", async () => {
    const response = await gate({ authenticate: async () => null }, `${path}?tenant=t`);
    expect(response?.status).toBe(308);
    expect(response?.headers.get("location")).toBe(`${runnerPublicBase}${path}?tenant=t`);
    expect(response?.headers.get("cache-control")).toBe("no-store");
  });

  test.each([
    ["without a runner", {}],
    ["in the mode that says so", { runnerPublicBase, uiGate: "not_found" as const }],
  ])("is 404 %s", async (_name, options) => {
    const response = await ask(options, path);
    expect([response?.status, response?.headers.get("cache-control")]).toEqual([404, "no-store"]);
    expect(await codeOf(response)).toBe("not_found");
  });

  test("in the mode of the installed, only those get through whose tenant has exactly this version", async () => {
    const installed = { uiGate: "installed" } as const;
    const response = await gate(installed);
    expect(response?.status).toBe(307);
    expect(response?.headers.get("location")).toBe(`${runnerPublicBase}${path}`);
    const other = path.replace(/a{64}/, "b".repeat(64));
    expect(await codeOf(await gate(installed, other))).toBe("not_found");
    expect(await codeOf(await gate(installed, "/ext-ui/no.such/sha256:00/x"))).toBe("not_installed");
    const as = (principal: ReturnType<typeof aPrincipal> | null) => ({
      ...installed,
      authenticate: async () => principal,
    });
    expect(await codeOf(await gate(as(null)))).toBe("unauthenticated");
    expect(await codeOf(await gate(as(aPrincipal({ tenantId: "globex" }))))).toBe("not_installed");
    const down = { ...installed, authenticate: () => Promise.reject(new Error("down")) };
    expect((await gate(down))?.status).toBe(503);
    expect((await gate(installed, `/ext-ui/${install.slug}/%ff/x`))?.status).toBe(404);
  });

  test("is for reading", async () => {
    expect((await gate({}, path, { method: "POST" }))?.status).toBe(405);
  });
});

describe("/runner", () => {
  const seen: { url: string; init: RequestInit }[] = [];
  const proxied = async (
    answer: () => Response | Promise<Response>,
    path = "/runner/ext-ui/e/h/a.js?v=1",
    { options = {}, init = {} }: { options?: Partial<GatewayOptions>; init?: RequestInit } = {},
  ) => {
    seen.length = 0;
    vi.stubGlobal("fetch", async (url: string, one: RequestInit) => {
      seen.push({ url, init: one });
      return answer();
    });
    return ask({ routes: { runner: true }, runnerUiBase: "http://10.0.0.7:3001/x", ...options }, path, init);
  };
  const file = () =>
    new Response("let a", {
      headers: {
        "content-type": "text/javascript",
        etag: '"1"',
        "cache-control": "public, max-age=31536000, immutable",
        "content-encoding": "gzip",
        "content-length": "9",
        connection: "close, x-hop",
        "x-hop": "1",
        "set-cookie": "a=b",
      },
    });

  test("files of a UI pass, without what is of the connection, as a page of no origin", async () => {
    const response = await proxied(file);
    expect([response?.status, await response?.text()]).toEqual([200, "let a"]);
    expect(seen[0]?.url).toBe("http://10.0.0.7:3001/ext-ui/e/h/a.js?v=1");
    const { headers } = response!;
    expect(headers.get("etag")).toBe('"1"');
    expect(headers.get("cache-control")).toContain("immutable");
    expect(headers.get("content-security-policy")).toMatch(/^sandbox /);
    for (const gone of ["content-encoding", "content-length", "connection", "x-hop", "set-cookie"])
      expect(headers.has(gone)).toBe(false);
  });

  test("an answer that is not coded keeps its length", async () => {
    const plain = () => new Response("let a", { headers: { "content-length": "5" } });
    expect((await proxied(plain))?.headers.get("content-length")).toBe("5");
  });

  test("of the request seven headers pass, and none that says who asks", async () => {
    const headers = {
      accept: "*/*",
      "accept-encoding": "br",
      "accept-language": "de",
      "if-modified-since": "x",
      "if-none-match": '"1"',
      range: "bytes=0-1",
      "user-agent": "test/1",
      cookie: "session=1",
      authorization: "Bearer 1",
      "x-api-key": "1",
      origin: "https://host.example",
    };
    await proxied(file, undefined, { init: { headers } });
    const { cookie: _c, authorization: _a, "x-api-key": _k, origin: _o, ...expected } = headers;
    expect(Object.fromEntries(new Headers(seen[0]?.init.headers))).toEqual(expected);
    expect(seen[0]?.init.redirect).toBe("manual");
  });

  test("the runner's health, metrics and calls are not shown", async () => {
    for (const path of ["/runner/metrics", "/runner/v1/execute", "/runner/", "/runner/ext-uix"]) {
      expect(await codeOf(await proxied(file, path))).toBe("not_found");
    }
    expect(seen).toEqual([]);
  });

  test.each([
    ["runner_not_configured", 500, file, { runnerUiBase: undefined }],
    ["runner_unreachable", 502, () => Promise.reject(new TypeError("fetch failed")), {}],
    ["runner_timeout", 504, () => Promise.reject(new DOMException("late", "TimeoutError")), {}],
    [
      "runner_proxy_error",
      502,
      () => new Response(null, { status: 302, headers: { location: "https://evil.example/" } }),
      {},
    ],
  ])("%s is %i", async (code, status, answer, options) => {
    const base = "runnerUiBase" in options ? { routes: { runner: true } } : undefined;
    vi.stubGlobal("fetch", async () => answer());
    const response =
      base === undefined
        ? await proxied(answer, "/runner/ext-ui/e/h/")
        : await ask(base, "/runner/ext-ui/e/h/");
    expect(response?.status).toBe(status);
    expect(await codeOf(response)).toBe(code);
  });

  test("a redirect of the runner stays below the route", async () => {
    const redirect = () =>
      new Response(null, { status: 307, headers: { location: "/ext-ui/e/h/index.html" } });
    const response = await proxied(redirect, "/p/runner/ext-ui/e/h", { options: { basePath: "/p" } });
    expect(response?.headers.get("location")).toBe("/p/runner/ext-ui/e/h/index.html");
  });

  test("is for reading", async () => {
    expect((await proxied(file, undefined, { init: { method: "POST" } }))?.status).toBe(405);
  });
});

describe("internal routes", () => {
  const runnerAuthToken = "a-token-of-this-test-only";
  const config = async (headers: Record<string, string>) =>
    ask({ runnerAuthToken }, "/api/internal/ext-runner/install-config", {
      method: "POST",
      headers: { "x-runner-auth": runnerAuthToken, ...headers },
      body: JSON.stringify({ tenantId: "acme", extensionId: anInstall().slug }),
    });

  test("take a runner's word or a session, not both", async () => {
    expect((await config({}))?.status).toBe(200);
    const mixed = await config({ cookie: "session=1" });
    expect([mixed?.status, await codeOf(mixed)]).toEqual([401, "mixed_auth"]);
  });

  test.each(["x-alga-tenant", "x-tenant-id"])("%s may only agree", async (name) => {
    expect((await config({ [name]: "acme" }))?.status).toBe(200);
    const other = await config({ [name]: "globex" });
    expect([other?.status, await codeOf(other)]).toEqual([403, "tenant_mismatch"]);
  });
});
