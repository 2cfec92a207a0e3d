import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch, openPage } from "./browser.ts";

const MAX_GZIP_BYTES = 30_000;

const PAGE_SCRIPT = `
  import { ManifestError, parseManifest, validateAgainst } from "@alga-ext/manifest";
  addEventListener("securitypolicyviolation", ({ violatedDirective }) => {
    (window.violations ??= []).push(violatedDirective);
  });
  window.read = (text) => {
    try {
      const { manifest, warnings } = parseManifest(text);
      return { slug: manifest.slug, warnings: warnings.map(({ code }) => code) };
    } catch (error) {
      if (!(error instanceof ManifestError)) throw error;
      return { problems: error.details.problems };
    }
  };
  window.check = (schema, value) => validateAgainst(schema, value).map(({ code }) => code);
`;

// What a validator that makes code would run into.
const PROOF_SCRIPT = `
  try {
    window.outcome = [].constructor.constructor("return 'made'")();
  } catch (error) {
    window.outcome = error.name;
  }
`;

async function bundle(contents: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    bundle: true,
    minify: true,
    format: "iife",
    platform: "browser",
    target: "es2024",
    write: false,
  });
  return outputFiles[0]!.text;
}

describe("the manifest validator in a browser", () => {
  let server: Server;
  let browser: Browser;
  let url: string;
  let script: string;
  let good: string;

  beforeAll(async () => {
    script = await bundle(PAGE_SCRIPT);
    good = await readFile(
      new URL("../../examples/extensions/agreements/manifest.json", import.meta.url),
      "utf8",
    );
    server = createServer((request, response) => {
      response.setHeader("content-security-policy", "default-src 'none'; script-src 'self'");
      const scripts: Record<string, string> = { "/app.js": script, "/proof.js": PROOF_SCRIPT };
      const found = scripts[request.url ?? ""];
      if (found !== undefined) response.setHeader("content-type", "text/javascript").end(found);
      else if (request.url === "/" || request.url === "/proof") {
        const source = request.url === "/" ? "app" : "proof";
        response
          .setHeader("content-type", "text/html")
          .end(`<!doctype html><title>t</title><script src="/${source}.js"></script>`);
      } else response.writeHead(404).end();
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    browser = await launch();
  });

  afterAll(async () => {
    await browser.close();
    server.close();
  });

  test("is small and makes no code", async () => {
    const alone = await bundle(
      `import { parseManifest } from "@alga-ext/manifest"; window.parseManifest = parseManifest;`,
    );
    expect(gzipSync(alone, { level: 9 }).byteLength).toBeLessThanOrEqual(MAX_GZIP_BYTES);
    expect(script).not.toMatch(/\beval\s*\(|\bnew Function\b|\bFunction\s*\(|\bimport\s*\(/);
  });

  test("reads a good and a bad manifest under script-src 'self'", async () => {
    const context = await browser.newContext();
    const { page, complaints } = await openPage(context);
    await page.goto(url);
    const run = (expression: string): Promise<unknown> => page.evaluate(`window.${expression}`);

    expect(await run(`read(${JSON.stringify(good)})`)).toEqual({
      slug: "acme-labs.agreements",
      warnings: [],
    });
    const bad = good.replace('"wasm-js@1"', '"wasm"').replace('"GET"', '"GTE"');
    expect(await run(`read(${JSON.stringify(bad)})`)).toMatchObject({
      problems: [
        { code: "bad_runtime", pointer: "/runtime", line: 6, column: 3 },
        { code: "bad_method", pointer: "/api/endpoints/0/method", suggestion: "GET" },
      ],
    });
    expect(await run(`check({ type: "string", pattern: "^(?:a|b)+$" }, "abc")`)).toEqual(["pattern"]);

    expect(await run("violations")).toBeUndefined();
    expect(complaints.filter((complaint) => !complaint.includes("favicon"))).toEqual([]);
    await context.close();
  });

  test("the page's policy really forbids making code", async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${url}proof`);
    expect(await page.evaluate("window.outcome")).toBe("EvalError");
    await context.close();
  });
});
