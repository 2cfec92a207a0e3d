import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CAPABILITIES } from "./capabilities.ts";
import { ManifestError } from "./errors.ts";
import type { ManifestProblem } from "./manifest.ts";
import { parseManifest } from "./parse-manifest.ts";
import type { ManifestWarningCode } from "./warnings.ts";

const base = { name: "sample", publisher: "acme", version: "1.0.0", runtime: "wasm-js@1" };
const page = { type: "iframe", entry: "ui/index.html", hooks: { appMenu: { label: "Sample" } } };
const get = (path: string, more: object = {}) => ({ method: "GET", path, handler: "dist/main", ...more });
const withEndpoint = (more: object) => ({ ...base, api: { endpoints: [get("/a", more)] } });

function problemsOf(input: unknown): readonly ManifestProblem[] {
  try {
    parseManifest(input);
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    expect(error.code).toBe("invalid_manifest");
    return error.details["problems"] as unknown as readonly ManifestProblem[];
  }
  return [];
}

function warningsOf(input: unknown): readonly [ManifestWarningCode, string][] {
  return parseManifest(input).warnings.map(({ code, pointer }) => [code, pointer]);
}

describe("sample manifests", () => {
  const caps = (...names: string[]) => names.map((name) => `cap:${name}`);
  const samples: readonly (readonly [
    string,
    source: object,
    expected: { capabilities: string[]; endpoints: string[]; ui: boolean },
  ])[] = [
    [
      "softwareone-ext",
      { ...base, version: "0.1.2", capabilities: [], ui: page },
      { capabilities: [], endpoints: [], ui: true },
    ],
    [
      "nineminds-reporting",
      {
        ...base,
        version: "0.3.*",
        capabilities: caps("context.read", "log.emit", "ui.proxy"),
        ui: page,
        precompiled: {
          "x86_64-linux-gnu": "precompiled/a.cwasm",
          "aarch64-linux-gnu": "precompiled/b.cwasm",
        },
      },
      { capabilities: caps("context.read", "log.emit", "ui.proxy"), endpoints: [], ui: true },
    ],
    [
      "client-portal-test",
      {
        ...base,
        version: "1.3.0",
        capabilities: caps("context.read", "log.emit", "ui.proxy", "http.fetch", "user.read"),
        ui: { ...page, hooks: { appMenu: { label: "Test" }, clientPortalMenu: { label: "Test" } } },
      },
      {
        capabilities: caps("context.read", "log.emit", "ui.proxy", "http.fetch", "user.read"),
        endpoints: [],
        ui: true,
      },
    ],
    [
      "hello-world",
      { ...base, version: "0.1.1", capabilities: [], ui: page },
      { capabilities: [], endpoints: [], ui: true },
    ],
    [
      "ui-kit-showcase",
      { ...base, version: "0.1.*", capabilities: [], ui: page },
      { capabilities: [], endpoints: [], ui: true },
    ],
    [
      "docs example bundle v2",
      {
        ...base,
        version: "1.2.3",
        capabilities: ["http.fetch", "storage.kv", "secrets.get"],
        ui: { type: "iframe", entry: "ui/index.html", routes: [{ path: "/a", iframePath: "ui/a.html" }] },
        events: [{ topic: "ticket.created", handler: "dist/events#handle" }],
        entry: "dist/main#handle",
        sbom: "sbom.spdx.json",
        assets: ["ui/**/*"],
        api: { endpoints: [{ method: "GET", path: "/agreements", handler: "dist/handlers/list.wasm#list" }] },
      },
      {
        capabilities: caps("http.fetch", "storage.kv", "secrets.get"),
        endpoints: ["GET /agreements"],
        ui: true,
      },
    ],
    [
      "template basic",
      { ...base, version: "0.1.0", ui: page },
      { capabilities: [], endpoints: [], ui: true },
    ],
    [
      "template component-basic",
      {
        ...base,
        version: "0.1.0",
        entry: "dist/main.wasm",
        capabilities: caps("context.read", "log.emit", "secrets.get"),
      },
      { capabilities: caps("context.read", "log.emit", "secrets.get"), endpoints: [], ui: false },
    ],
    [
      "client-service-read-demo",
      {
        ...base,
        version: "0.1.5",
        capabilities: caps("client.read", "service.read"),
        ui: page,
        api: { endpoints: [get("/api/clients"), get("/api/services")] },
      },
      {
        capabilities: caps("client.read", "service.read"),
        endpoints: ["GET /api/clients", "GET /api/services"],
        ui: true,
      },
    ],
    [
      "invoicing-demo",
      {
        ...base,
        capabilities: caps("invoice.manual.create", "log.emit", "context.read", "ui.proxy"),
        ui: page,
        api: {
          endpoints: [get("/api/status"), { ...get("/api/create-manual-invoice"), method: "POST" }],
        },
      },
      {
        capabilities: caps("invoice.manual.create", "log.emit", "context.read", "ui.proxy"),
        endpoints: ["GET /api/status", "POST /api/create-manual-invoice"],
        ui: true,
      },
    ],
    [
      "secrets-demo",
      {
        ...base,
        version: "0.1.1",
        capabilities: caps("secrets.get", "log.emit"),
        ui: page,
        api: { endpoints: [get("/")] },
      },
      { capabilities: caps("secrets.get", "log.emit"), endpoints: ["GET /"], ui: true },
    ],
    [
      "scheduler-demo",
      {
        ...base,
        capabilities: caps("scheduler.manage", "log.emit", "context.read"),
        ui: page,
        api: {
          endpoints: [
            get("/api/heartbeat", { schedulable: true }),
            { ...get("/api/run", { schedulable: true }), method: "POST" },
            { ...get("/api/schedules/:id"), method: "DELETE" },
          ],
        },
      },
      {
        capabilities: caps("scheduler.manage", "log.emit", "context.read"),
        endpoints: ["GET /api/heartbeat", "POST /api/run", "DELETE /api/schedules/:id"],
        ui: true,
      },
    ],
    [
      "service-proxy-demo",
      {
        ...base,
        version: "0.1.8",
        capabilities: caps("context.read", "log.emit", "secrets.get", "http.fetch", "ui.proxy"),
        ui: page,
      },
      {
        capabilities: caps("context.read", "log.emit", "secrets.get", "http.fetch", "ui.proxy"),
        endpoints: [],
        ui: true,
      },
    ],
  ];

  it.each(samples)("%s is accepted", (_name, source, expected) => {
    const { manifest } = parseManifest(JSON.stringify(source));
    expect({
      capabilities: manifest.capabilities,
      endpoints: manifest.endpoints.map(({ method, path }) => `${method} ${path}`),
      ui: manifest.ui !== null,
    }).toEqual(expected);
    expect(manifest.raw).toEqual(source);
    expect(manifest.unknownCapabilities).toEqual([]);
  });
});

describe("refusing", () => {
  it("reports every problem at once", () => {
    const input = { name: "", version: "1", ui: { type: "x" }, api: { endpoints: [{ method: "GET" }] } };
    expect(new Set(problemsOf(input).map(({ pointer }) => pointer))).toEqual(
      new Set([
        "/name",
        "/version",
        "/runtime",
        "/ui/type",
        "/ui/entry",
        "/api/endpoints/0/path",
        "/api/endpoints/0/handler",
      ]),
    );
  });

  it("refuses nesting that would overflow somebody's stack, as text and as value", () => {
    const text = `{"name":"a","version":"1.0.0","runtime":"wasm-js@1","settings":${"[".repeat(50_000)}${"]".repeat(50_000)}}`;
    expect(problemsOf(text)).toHaveLength(1);
    let nested: unknown = [];
    for (let depth = 0; depth < 50_000; depth++) nested = [nested];
    expect(problemsOf({ ...base, settings: nested })).toHaveLength(1);
    const cycle: Record<string, unknown> = { ...base };
    cycle["settings"] = cycle;
    expect(problemsOf(cycle).length).toBeGreaterThan(0);
  });

  it("refuses text that is too long, and lists with too many items", () => {
    expect(problemsOf(`${JSON.stringify(base)}${" ".repeat(300_000)}`)).toHaveLength(1);
    const endpoints = Array.from({ length: 1001 }, (_, index) => get(`/${index}`));
    expect(problemsOf({ ...base, api: { endpoints } }).map(({ pointer }) => pointer)).toEqual([
      "/api/endpoints",
    ]);
  });

  it("refuses a value whose getter throws, and keeps what it threw as cause", () => {
    const thrown = new Error("no");
    const input = {
      get name(): string {
        throw thrown;
      },
    };
    expect(() => parseManifest(input)).toThrowError(expect.objectContaining({ cause: thrown }));
  });
});

describe("where things are", () => {
  it("gives line and column of each problem in a text", () => {
    const text = `{\n  "name": "a",\n  "version": "one",\n  "runtime": "wasm-js@1",\n  "capabilities": ["log",\n    7]\n}`;
    expect(problemsOf(text).map(({ pointer, line, column }) => [pointer, line, column])).toEqual([
      ["/version", 3, 3],
      ["/capabilities/1", 6, 5],
    ]);
  });

  it("points at the object when a key is missing", () => {
    const text = `{ "name": "a", "version": "1.0.0", "runtime": "wasm-js@1",\n "api":\n {} }`;
    expect(problemsOf(text)).toEqual([
      expect.objectContaining({ pointer: "/api/endpoints", line: 2, column: 2 }),
    ]);
  });

  it.each([
    ["", 1, 1],
    ["{", 1, 2],
    ['{\n"name" "a"}', 2, 8],
    ['{"name": "a",}', 1, 14],
    ['{"name": "a"} x', 1, 15],
    ['{"name": tru}', 1, 10],
    ['{"a": "\n"}', 1, 7],
    ["{'name': 1}", 1, 2],
  ])("points at what is not JSON in %j", (text, line, column) => {
    expect(problemsOf(text)).toEqual([expect.objectContaining({ pointer: "", line, column })]);
  });

  it("leaves lines out for a value that was not text", () => {
    expect(problemsOf({ ...base, name: "" })[0]).not.toHaveProperty("line");
  });

  it("escapes keys in pointers", () => {
    const { warnings } = parseManifest(
      `{"name":"a","publisher":"p","version":"1.0.0","runtime":"wasm-js@1",\n"x/y~z":1}`,
    );
    expect(warnings).toEqual([expect.objectContaining({ pointer: "/x~1y~0z", line: 2, column: 1 })]);
  });
});

describe("what is read liberally", () => {
  it("brings capability names into one spelling, in declared order", () => {
    const { manifest } = parseManifest({
      ...base,
      capabilities: ["Storage.KV", " cap:HTTP.fetch ", "log", "cap:storage.kv", "metrics"],
    });
    expect(manifest.capabilities).toEqual(["cap:storage.kv", "cap:http.fetch", "cap:log.emit"]);
    expect(manifest.unknownCapabilities).toEqual(["metrics"]);
    expect(warningsOf({ ...base, capabilities: ["log", "cap:log.emit", "metrics"] })).toEqual([
      ["normalized", "/capabilities/0"],
      ["duplicate", "/capabilities/1"],
      ["unknown_capability", "/capabilities/2"],
    ]);
  });

  it.each([
    [{ ...base, capabilites: [] }, "capabilities"],
    [{ ...base, Publisher: "x" }, "publisher"],
    [{ ...base, displayname: "x" }, "displayName"],
    [{ ...base, egres: [] }, "egress"],
    [{ ...base, capabilities: ["cap:storag.kv"] }, "cap:storage.kv"],
    [{ ...base, capabilities: ["client.raed"] }, "cap:client.read"],
    [withEndpoint({ schedulabel: true }), "schedulable"],
  ])("says what was probably meant: %j", (input, suggestion) => {
    expect(parseManifest(input).warnings).toEqual([expect.objectContaining({ suggestion })]);
  });

  it("suggests nothing for a word that is near to nothing", () => {
    const [warning] = parseManifest({ ...base, zzzzzzzz: 1 }).warnings;
    expect(warning).not.toHaveProperty("suggestion");
    expect(warning?.code).toBe("unknown_key");
  });

  it("keeps keys that have lost their meaning in raw, and says so", () => {
    const legacy = [
      "entry",
      "main",
      "assets",
      "precompiled",
      "sbom",
      "permissions",
      "components",
      "requiredExtensions",
      "autoEnable",
      "minAppVersion",
      "apiEndpoints",
      "extension",
    ];
    const input = { ...base, ...Object.fromEntries(legacy.map((key) => [key, { any: [1] }])) };
    expect(parseManifest(input).manifest.raw).toEqual(input);
    expect(warningsOf(input)).toEqual(legacy.map((key) => ["no_effect", `/${key}`]));
  });

  it("does without publisher, ui, api and capabilities", () => {
    const { publisher: _, ...anonymous } = base;
    const { manifest, warnings } = parseManifest(anonymous);
    expect(manifest).toMatchObject({
      publisher: "unknown",
      slug: "unknown.sample",
      capabilities: [],
      egress: [],
      endpoints: [],
      ui: null,
      settings: null,
      displayName: "sample",
      description: "",
    });
    expect(warnings.map(({ code }) => code)).toEqual(["missing_publisher"]);
  });

  it.each([
    ["get", "items", "GET", "/items"],
    ["Options", "./items//:id", "OPTIONS", "/items/:id"],
    ["HEAD", "//", "HEAD", "/"],
    ["delete", "/", "DELETE", "/"],
    ["PUT", "/a..b/...", "PUT", "/a..b/..."],
  ])("reads endpoint %s %s as %s %s", (method, path, expectedMethod, expectedPath) => {
    const { manifest } = parseManifest(withEndpoint({ method, path }));
    expect(manifest.endpoints).toEqual([
      { method: expectedMethod, path: expectedPath, handler: "dist/main", schedulable: false },
    ]);
  });

  it("keeps the first of two equal endpoints, and finds those that nothing can reach", () => {
    const input = {
      ...base,
      api: {
        endpoints: [
          get("/a/:id", { handler: "first" }),
          get("a/:id", { handler: "first", summary: "again" }),
          get("/a/new"),
          get("/b/c"),
          get("/b/:id"),
        ],
      },
    };
    expect(parseManifest(input).manifest.endpoints.map(({ path, handler }) => [path, handler])).toEqual([
      ["/a/:id", "first"],
      ["/a/new", "dist/main"],
      ["/b/c", "dist/main"],
      ["/b/:id", "dist/main"],
    ]);
    expect(warningsOf(input)).toEqual([
      ["normalized", "/api/endpoints/1/path"],
      ["duplicate", "/api/endpoints/1"],
      ["unreachable_endpoint", "/api/endpoints/2"],
    ]);
  });

  it("trims labels, takes the app menu's as display name, and hands other hooks on", () => {
    const { manifest } = parseManifest({
      ...base,
      ui: { type: "iframe", entry: "./ui//index.html", hooks: { appMenu: { label: " Sales " }, tab: [1] } },
    });
    expect(manifest.displayName).toBe("Sales");
    expect(manifest.ui).toEqual({
      type: "iframe",
      entry: "ui/index.html",
      hooks: { appMenu: { label: "Sales" }, tab: [1] },
    });
  });

  it("lowers egress hosts and takes each once", () => {
    const capabilities = ["cap:http.fetch"];
    const egress = [
      { host: "API.Vendor.example", reason: " Sends mail ", ports: [8443] },
      { host: "api.vendor.example", reason: "again" },
      { host: "*.vendor.example", reason: "Regions" },
    ];
    expect(parseManifest({ ...base, capabilities, egress }).manifest.egress).toEqual([
      { host: "api.vendor.example", reason: "Sends mail", ports: [8443] },
      { host: "*.vendor.example", reason: "Regions" },
    ]);
    expect(warningsOf({ ...base, egress: egress.slice(2) })).toEqual([["egress_mismatch", "/egress"]]);
    expect(warningsOf({ ...base, capabilities })).toEqual([["egress_mismatch", "/capabilities"]]);
  });

  it("warns about a runtime it does not know and about keys that stand twice", () => {
    expect(warningsOf({ ...base, runtime: "wasm-py@2" })).toEqual([["unknown_runtime", "/runtime"]]);
    const twice = `{"name":"a","name":"b","publisher":"p","version":"1.0.0","runtime":"wasm-js@1"}`;
    expect(parseManifest(twice).manifest.name).toBe("b");
    expect(warningsOf(twice)).toEqual([["duplicate_key", "/name"]]);
  });

  it("reads text with a byte order mark", () => {
    expect(parseManifest(`\uFEFF${JSON.stringify(base)}`).manifest.slug).toBe("acme.sample");
  });

  it("keeps a key named __proto__ an ordinary key", () => {
    const { manifest } = parseManifest(
      `{"name":"a","publisher":"p","version":"1.0.0","runtime":"wasm-js@1","__proto__":{"ui":{}}}`,
    );
    expect(Object.hasOwn(manifest.raw, "__proto__")).toBe(true);
    expect(Object.getPrototypeOf(manifest.raw)).toBe(Object.prototype);
    expect(manifest.ui).toBeNull();
  });

  it("stops warning at a cap", () => {
    const many = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`key${index}`, 1]));
    expect(parseManifest({ ...base, ...many }).warnings).toHaveLength(100);
  });
});

describe("for any input", () => {
  // Near-misses find more than noise: real keys with arbitrary values.
  const nearMiss = fc.record(
    {
      name: fc.oneof(fc.string(), fc.anything()),
      publisher: fc.oneof(fc.string(), fc.anything()),
      version: fc.oneof(fc.constantFrom("1.0.0", "0.1.*"), fc.string()),
      runtime: fc.oneof(fc.constant("wasm-js@1"), fc.string()),
      capabilities: fc.oneof(
        fc.array(fc.oneof(fc.constantFrom(...CAPABILITIES.map(({ name }) => name)), fc.string())),
        fc.anything(),
      ),
      ui: fc.oneof(
        fc.record({ type: fc.constant("iframe"), entry: fc.string(), hooks: fc.object() }),
        fc.anything(),
      ),
      api: fc.oneof(
        fc.record({
          endpoints: fc.array(
            fc.record({
              method: fc.constantFrom("GET", "post", "x"),
              path: fc.oneof(fc.webPath(), fc.string()),
              handler: fc.string(),
            }),
          ),
        }),
        fc.anything(),
      ),
      egress: fc.anything(),
      settings: fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true }),
    },
    { requiredKeys: [] },
  );

  it("throws nothing but ManifestError, and what it accepts holds its promises", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          nearMiss,
          fc.anything(),
          fc.string(),
          fc.json(),
          nearMiss.map((value) => safeJson(value)),
        ),
        (input) => {
          try {
            const { manifest } = parseManifest(input);
            expect(manifest.name).toBe(manifest.name.trim());
            expect(manifest.name).not.toBe("");
            expect(JSON.parse(JSON.stringify(manifest.raw))).toEqual(manifest.raw);
            for (const { path } of manifest.endpoints) {
              expect(path.startsWith("/")).toBe(true);
              expect(path.split("/")).not.toContain("..");
            }
            expect(parseManifest(manifest.raw).manifest).toEqual(manifest);
          } catch (error) {
            if (!(error instanceof ManifestError)) throw error;
            expect(JSON.parse(JSON.stringify(error.details))).toEqual(error.details);
          }
        },
      ),
      { numRuns: 3000 },
    );
  });
});

function safeJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "null";
  } catch {
    return "null";
  }
}
