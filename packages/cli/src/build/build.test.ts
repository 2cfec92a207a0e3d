import { readdir, readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createWorkFolder, probeManifest, type WorkFolder } from "../../test-support/work-folder.ts";
import { build } from "./build.ts";
import { findUnusedCapabilities } from "./find-unused-capabilities.ts";

let work: WorkFolder;
beforeEach(async () => {
  work = await createWorkFolder();
});
afterEach(async () => {
  await work.remove();
});

const manifest = (more: object): string =>
  JSON.stringify({ name: "ui", publisher: "tests", version: "1.0.0", runtime: "wasm-js@1", ...more });
const page = (head: string): string =>
  `<!doctype html><html><head>${head}</head><body><div id="root"></div></body></html>`;

describe("a page", () => {
  const ui = { ui: { type: "iframe", entry: "ui/index.html" } };

  test("is bundled with relative references and no inline script; no handler is needed", async () => {
    await work.write({
      "manifest.json": manifest(ui),
      "ui/index.html": page('<script type="module" src="./main.tsx"></script>'),
      "ui/main.tsx": `
        import "./style.css";
        import logo from "./logo.svg";
        const jsx = (type: string) => document.createElement(type);
        void import("./lazy.ts").then(({ text }) => jsx("p").append(text, logo));`,
      "ui/lazy.ts": "export const text: string = 'lazy';",
      "ui/style.css": "body { color: red }",
      "ui/logo.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
    });
    const before = process.env["NODE_ENV"];
    const result = await build({ projectDir: work.dir });
    expect(result).toMatchObject({ componentPath: null, uiDir: join(work.dir, "dist", "ui"), warnings: [] });
    expect(process.env["NODE_ENV"]).toBe(before);
    const html = await readFile(join(work.dir, "dist", "ui", "index.html"), "utf8");
    expect(html).toMatch(/<script type="module" crossorigin src="\.\/assets\/[^"]+\.js">/);
    expect(html).toMatch(/<link rel="stylesheet" crossorigin href="\.\/assets\/[^"]+\.css">/);
    expect(html).not.toMatch(/<script(?![^>]*src=)/);
    const assets = await readdir(join(work.dir, "dist", "ui", "assets"));
    expect(assets.map((name) => name.replace(/-[^.]*/, "")).toSorted()).toEqual([
      "index.css",
      "index.js",
      "lazy.js",
      "logo.svg",
    ]);
  });

  test.each([
    ["an inline script", page("<script>alert(1)</script>")],
    ["an absolute address", page('<script src="https://cdn.example/x.js"></script>')],
    ["an absolute path", page('<link rel="icon" href="//cdn.example/x.ico">')],
    ["a module that does not parse", page('<script type="module" src="./broken.js"></script>')],
  ])("with %s is refused", async (_, html) => {
    await work.write({ "manifest.json": manifest(ui), "ui/index.html": html, "ui/broken.js": "const = 1" });
    await expect(build({ projectDir: work.dir })).rejects.toMatchObject({ code: "ui_invalid" });
  });

  test("has one React, whatever lies beside a package that is linked by folder", async () => {
    const react = (text: string): string => `export const version = ${JSON.stringify(text)};`;
    const json = (name: string): string =>
      JSON.stringify({ name, version: "1.0.0", type: "module", main: "i.js" });
    await work.write({
      "project/manifest.json": manifest(ui),
      "project/ui/index.html": page('<script type="module" src="./main.ts"></script>'),
      "project/ui/main.ts": `import { version } from "react"; import { theirs } from "linked"; document.title = version + theirs;`,
      "project/node_modules/react/package.json": json("react"),
      "project/node_modules/react/i.js": react("the page's"),
      "elsewhere/linked/package.json": json("linked"),
      "elsewhere/linked/i.js": `export { version as theirs } from "react";`,
      "elsewhere/node_modules/react/package.json": json("react"),
      "elsewhere/node_modules/react/i.js": react("another"),
    });
    await symlink(join(work.dir, "elsewhere/linked"), join(work.dir, "project/node_modules/linked"), "dir");
    const { uiDir } = await build({ projectDir: join(work.dir, "project") });
    const assets = join(uiDir!, "assets");
    const [script] = await readdir(assets);
    const text = await readFile(join(assets, script!), "utf8");
    expect([text.includes("the page's"), text.includes("another")]).toEqual([true, false]);
  });

  test("that is declared must be there", async () => {
    await work.write({ "manifest.json": manifest(ui) });
    await expect(build({ projectDir: work.dir })).rejects.toMatchObject({ code: "ui_invalid" });
  });
});

describe("unused capabilities", () => {
  test("are those whose member no file mentions", async () => {
    await work.write({
      "src/a.ts": "request.http.url; export const read = ({ storage }) => storage.get('a', 'b');",
      "src/b.ts": "export const proxy = (host) => host.uiProxy.callRoute('/x');",
    });
    const capabilities = [
      "cap:storage.kv",
      "cap:ui.proxy",
      "cap:http.fetch",
      "cap:log.emit",
      "cap:secrets.get",
    ];
    expect(await findUnusedCapabilities(work.dir, { capabilities }, ["src/a.ts", "src/b.ts"])).toEqual([
      "cap:http.fetch",
      "cap:secrets.get",
    ]);
  });

  test("and wrong names in the manifest are warnings, not errors", async () => {
    await work.write({
      "manifest.json": manifest({ capabilities: ["cap:storage.kv", "cap:time.travel"] }),
      "src/handler.js": "export const handler = () => ({ status: 204 });",
    });
    const { warnings } = await build({ projectDir: work.dir });
    expect(warnings.some((warning) => warning.includes("cap:storage.kv"))).toBe(true);
    expect(
      warnings.some((warning) => warning.includes("cap:time.travel") || warning.includes("time.travel")),
    ).toBe(true);
  });
});

describe("what a handler may not do", () => {
  test("import an interface that the manifest does not imply", async () => {
    const handler = `import { get } from "alga:extension/storage"; export const handler = () => get("a", "b");`;
    await work.write({
      "manifest.json": probeManifest([]),
      "src/handler.js": handler,
    });
    await expect(build({ projectDir: work.dir })).rejects.toMatchObject({
      code: "undeclared_import",
      details: { imports: ["alga:extension/storage"] },
    });
  });

  test("break while its modules load", async () => {
    await work.write({
      "manifest.json": probeManifest([]),
      "src/handler.js": `crypto.randomUUID(); export const handler = () => ({ status: 204 });`,
    });
    await expect(build({ projectDir: work.dir })).rejects.toMatchObject({ code: "handler_start_failed" });
  });

  test("have syntax errors", async () => {
    await work.write({
      "manifest.json": probeManifest([]),
      "src/handler.ts": "export const = 1;",
    });
    await expect(build({ projectDir: work.dir })).rejects.toMatchObject({ code: "handler_invalid" });
  });

  test("be missing while endpoints are declared", async () => {
    await work.write({ "manifest.json": probeManifest([]) });
    await expect(build({ projectDir: work.dir })).rejects.toMatchObject({ code: "handler_not_found" });
  });
});
