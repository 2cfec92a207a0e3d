import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ContentHash } from "@alga-ext/protocol";
import { startTestRunner } from "../../test-support/test-runner.ts";
import type { Runner } from "../index.ts";

const SCRIPT = `export const text = ${JSON.stringify("0123456789".repeat(20_000))};\n`;
const UI = {
  "index.html": "<!doctype html><title>App</title>",
  "app.js": SCRIPT,
  "tiny.js": "1",
  "empty.txt": "",
  "noise.json": JSON.stringify(Array.from({ length: 400 }, () => Math.random().toString(36))),
  "big.json": JSON.stringify("x".repeat(300_000)),
};
let runner: Runner;
let hash: ContentHash;

beforeAll(async () => {
  const started = await startTestRunner([{ ui: UI }], {
    installs: { validate: () => Promise.resolve(true) },
    limits: { uiFileBytes: 250_000, uiEncodedBytes: 64 * 1024 },
  });
  runner = started.runner;
  hash = started.hashes[0] as ContentHash;
});
afterAll(() => runner.close());

const file = (path: string, headers: Record<string, string> = {}, method = "GET") =>
  runner.fetchUi(new Request(`http://ui/ext-ui/ext-1/${hash}/${path}`, { headers, method }));
const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());

describe("ranges of UI files", () => {
  it("are cut from the file itself, whatever encoding is liked", async () => {
    const plain = await file("app.js");
    const part = await file("app.js", { range: "bytes=70000-140000", "accept-encoding": "br" });
    expect(part.status).toBe(206);
    expect(part.headers.get("content-range")).toBe(`bytes 70000-140000/${SCRIPT.length}`);
    expect(part.headers.get("content-length")).toBe("70001");
    expect(part.headers.get("content-encoding")).toBeNull();
    expect(part.headers.get("etag")).toBe(plain.headers.get("etag"));
    expect(part.headers.get("cache-control")).toContain("immutable");
    expect((await bytesOf(part)).toString()).toBe(SCRIPT.slice(70_000, 140_001));
    expect((await bytesOf(await file("app.js", { range: "bytes=-3" }))).toString()).toBe(SCRIPT.slice(-3));
    expect(plain.headers.get("accept-ranges")).toBe("bytes");
  });

  it("beyond the end answer 416, and are not kept", async () => {
    const beyond = await file("app.js", { range: `bytes=${SCRIPT.length}-` });
    expect([beyond.status, beyond.headers.get("content-range"), beyond.headers.get("cache-control")]).toEqual(
      [416, `bytes */${SCRIPT.length}`, "no-store"],
    );
    expect((await file("empty.txt", { range: "bytes=0-" })).status).toBe(416);
  });

  it.each([
    ["several", { range: "bytes=0-1,4-5" }, "GET"],
    ["a malformed one", { range: "bytes=9-1" }, "GET"],
    ["one of HEAD", { range: "bytes=0-1" }, "HEAD"],
    ["one of another version", { range: "bytes=0-1", "if-range": '"sha256-other"' }, "GET"],
    ["one of a date", { range: "bytes=0-1", "if-range": "Wed, 21 Oct 2015 07:28:00 GMT" }, "GET"],
  ])("are ignored: %s", async (_name, headers, method) => {
    const response = await file("app.js", headers, method);
    expect([response.status, response.headers.get("content-length")]).toEqual([200, String(SCRIPT.length)]);
  });

  it("of the version a client has part of are given, and none of what it has whole", async () => {
    const etag = (await file("app.js")).headers.get("etag") ?? "";
    expect((await file("app.js", { range: "bytes=0-1", "if-range": etag })).status).toBe(206);
    expect((await file("app.js", { range: "bytes=0-1", "if-none-match": etag })).status).toBe(304);
    expect((await file("app.js", { "if-none-match": "*" })).status).toBe(304);
  });
});

describe("encodings of UI files", () => {
  it.each([
    ["zstd", zstdDecompressSync],
    ["gzip", gunzipSync],
  ] as const)("%s", async (encoding, decode) => {
    const response = await file("app.js", { "accept-encoding": encoding });
    expect(response.headers.get("content-encoding")).toBe(encoding);
    expect(response.headers.get("vary")).toContain("accept-encoding");
    expect(decode(await bytesOf(response)).toString()).toBe(SCRIPT);
    const etag = response.headers.get("etag") ?? "";
    expect((await file("app.js", { "accept-encoding": encoding, "if-none-match": etag })).status).toBe(304);
    expect((await file("app.js", { "if-none-match": etag })).status).toBe(200);
  });

  it("are made once, also for requests at once, and dropped under the budget", async () => {
    const looks = async (result: string) => {
      const text = await (await runner.fetch(new Request("http://runner/metrics"))).text();
      const line = new RegExp(`cache_requests_total\\{cache="ui_encoding",result="${result}"\\} (\\d+)`).exec(
        text,
      );
      return Number(line?.[1] ?? 0);
    };
    const [misses, hits] = [await looks("miss"), await looks("hit")];
    await Promise.all([1, 2, 3].map(() => file("noise.json", { "accept-encoding": "br" })));
    await file("noise.json", { "accept-encoding": "br" });
    expect([await looks("miss"), await looks("hit")]).toEqual([misses + 1, hits + 3]);
  });

  it("come from bundles that are read once", async () => {
    await file("app.js");
    const text = await (await runner.fetch(new Request("http://runner/metrics"))).text();
    expect(text).toContain('cache_requests_total{cache="bundle",result="miss"} 1\n');
    expect(text).toMatch(/ui_responses_total\{status="200"\} \d+\n/);
  });

  it("of HEAD are those of GET", async () => {
    const [get, head] = [
      await file("app.js", { "accept-encoding": "br" }),
      await file("app.js", { "accept-encoding": "br" }, "HEAD"),
    ];
    expect(Object.fromEntries(head.headers)).toEqual(Object.fromEntries(get.headers));
    expect((await bytesOf(head)).length).toBe(0);
  });

  it("are not worth it for what is small", async () => {
    expect((await file("tiny.js", { "accept-encoding": "br" })).headers.get("content-encoding")).toBeNull();
    expect((await file("empty.txt", { "accept-encoding": "br" })).headers.get("content-length")).toBe("0");
  });
});

describe("what may be kept", () => {
  it("is an asset, never a document, a fallback, or a refusal", async () => {
    const kept = async (path: string, headers = {}) =>
      (await file(path, headers)).headers.get("cache-control") ?? "";
    expect(await kept("app.js")).toContain("immutable");
    for (const path of ["", "index.html", "agreements/7"]) expect(await kept(path)).toBe("no-cache");
    for (const path of ["missing.js", ".env", "big.json"]) expect(await kept(path)).toBe("no-store");
  });

  it("names the methods it has, and says what is too large", async () => {
    const wrong = await file("app.js", {}, "DELETE");
    expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
    const large = await file("big.json");
    expect([large.status, ((await large.json()) as { error: string }).error]).toEqual([
      413,
      "payload_too_large",
    ]);
  });
});
