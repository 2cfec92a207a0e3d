import { brotliDecompressSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ContentHash } from "@alga-ext/protocol";
import { startTestRunner } from "../../test-support/test-runner.ts";
import type { Runner } from "../index.ts";

const SCRIPT = `export const text = ${JSON.stringify("x".repeat(4_000))};\n`;
const UI = {
  "index.html": "<!doctype html><title>App</title>",
  "assets/app-1.js": SCRIPT,
  "data/a.json": "{}",
};
let runner: Runner;
let hash: ContentHash;
let validations: unknown[] = [];

beforeAll(async () => {
  const started = await startTestRunner([{ ui: UI }], {
    publicBase: "http://127.0.0.1:3001",
    frameAncestors: ["http://localhost:3000"],
    installs: {
      validate: (query) => {
        validations.push(query);
        if (query.registryId === "broken") return Promise.reject(new Error("registry is down"));
        return Promise.resolve(query.registryId === "ext-1");
      },
    },
  });
  runner = started.runner;
  hash = started.hashes[0] as ContentHash;
});
afterAll(() => runner.close());

const get = (path: string, init?: RequestInit) => runner.fetchUi(new Request(`http://ui${path}`, init));
const file = (path: string, init?: RequestInit) => get(`/ext-ui/ext-1/${hash}/${path}`, init);

describe("GET /ext-ui", () => {
  it("serves files with a fixed type, forever, behind the policy", async () => {
    const response = await file("assets/app-1.js");
    expect(response.status).toBe(200);
    expect(await response.text()).toBe(SCRIPT);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "text/javascript; charset=utf-8",
      "cache-control": "public, max-age=31536000, immutable",
      "x-content-type-options": "nosniff",
      "access-control-allow-origin": "*",
      "cross-origin-resource-policy": "cross-origin",
      "referrer-policy": "no-referrer",
    });
    // Nothing of another extension, nor of another version: all of them share one origin.
    const own = `http://127.0.0.1:3001/ext-ui/ext-1/${hash}/`;
    const policy = response.headers.get("content-security-policy") ?? "";
    expect(policy.split("; ")).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        ...["script-src", "style-src", "font-src"].map((name) => `${name} ${own}`),
        `img-src ${own} data:`,
        "connect-src 'none'",
        "frame-ancestors http://localhost:3000",
        "sandbox allow-scripts allow-forms",
      ]),
    );
  });

  it("falls back to the application only for paths without an extension", async () => {
    for (const path of ["", "agreements/42", "agreements/"]) {
      const response = await file(path);
      expect([response.status, await response.text()]).toEqual([200, UI["index.html"]]);
      expect(response.headers.get("cache-control")).toBe("no-cache");
    }
    expect((await file("missing.js")).status).toBe(404);
  });

  it("revalidates by strong tag, per encoding", async () => {
    const plain = await file("assets/app-1.js");
    const brotli = await file("assets/app-1.js", { headers: { "accept-encoding": "gzip, br" } });
    expect(brotli.headers.get("content-encoding")).toBe("br");
    expect(brotliDecompressSync(Buffer.from(await brotli.arrayBuffer())).toString("utf8")).toBe(SCRIPT);
    expect(brotli.headers.get("etag")).not.toBe(plain.headers.get("etag"));
    const etag = plain.headers.get("etag") ?? "";
    expect((await file("assets/app-1.js", { headers: { "if-none-match": `"other", ${etag}` } })).status).toBe(
      304,
    );
    const head = await file("assets/app-1.js", { method: "HEAD" });
    expect([head.status, await head.text(), head.headers.get("content-length")]).toEqual([
      200,
      "",
      String(SCRIPT.length),
    ]);
  });

  it.each([
    ["..%2f..%2fetc%2fpasswd", 400, "invalid_path"],
    ["assets/.hidden.js", 400, "invalid_path"],
    ["a//b.js", 400, "invalid_path"],
    ["a%5cb.js", 400, "invalid_path"],
    ["a%00.js", 400, "invalid_path"],
    ["program.exe", 400, "invalid_path"],
    ["%ff.js", 400, "invalid_path"],
  ])("refuses %s", async (path, status, error) => {
    const response = await file(path);
    expect([response.status, ((await response.json()) as { error: string }).error]).toEqual([status, error]);
    expect(response.headers.get("cache-control")).toBe("no-store");
  });

  it("checks hash, install and method", async () => {
    expect((await get("/ext-ui/ext-1/sha256:abc/index.html")).status).toBe(400);
    expect((await get(`/ext-ui/ext-2/${hash}/index.html`)).status).toBe(404);
    expect((await get(`/ext-ui/broken/${hash}/index.html`)).status).toBe(503);
    expect((await file("index.html", { method: "POST", body: "x" })).status).toBe(405);
    expect((await get("/other")).status).toBe(404);
    expect((await get(`/ext-ui/ext-1/${encodeURIComponent(hash)}/index.html`)).status).toBe(200);
  });

  it("asks the validator once per tenant, install and version", async () => {
    validations = [];
    await file("index.html?tenant=acme");
    await file("assets/app-1.js?tenant=acme");
    expect(validations).toEqual([{ tenantId: "acme", registryId: "ext-1", contentHash: hash }]);
  });
});
