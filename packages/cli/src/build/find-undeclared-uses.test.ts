import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createWorkFolder, probeManifest, type WorkFolder } from "../../test-support/work-folder.ts";
import { build } from "./build.ts";
import { findUndeclaredUses } from "./find-undeclared-uses.ts";

let work: WorkFolder;
beforeEach(async () => {
  work = await createWorkFolder();
});
afterEach(async () => {
  await work.remove();
});

async function warningsFor(source: string, declared: Parameters<typeof findUndeclaredUses>[1] = []) {
  await work.write({ "src/handler.ts": source });
  return findUndeclaredUses(work.dir, declared, ["src/handler.ts"]);
}

describe("host members without their capability", () => {
  test.each([
    ["storage", "cap:storage.kv"],
    ["secrets", "cap:secrets.get"],
    ["http", "cap:http.fetch"],
    ["uiProxy", "cap:ui.proxy"],
    ["scheduler", "cap:scheduler.manage"],
  ])("host.%s names %s", async (member, capability) => {
    const warnings = await warningsFor(
      `export const handler = (_: object, host: any) => host.${member}.x();`,
    );
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(`host.${member}`);
    expect(warnings[0]).toContain(capability);
  });

  test("what is declared, only mentioned or of something else is fine", async () => {
    expect(
      await warningsFor("// host.secrets\nexport const a = (host) => host.storage;", ["storage"]),
    ).toEqual([]);
    expect(await warningsFor("export const a = (request) => request.http.url;")).toEqual([]);
  });
});

describe("fetch", () => {
  test.each([
    "await fetch('https://x.example')",
    "export const a = () => fetch(url(1));",
    "globalThis.fetch('x')",
    "if (!(await fetch(x)).ok) throw 1;",
  ])("is a mistake in %s", async (source) => {
    const warnings = await warningsFor(source);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain("host.http.fetch");
  });

  test.each([
    "export const a = (host) => host.http.fetch({ url: 'x' });",
    "export const api = { fetch(url) { return url; } };",
    "export const api = { async fetch(url) { return url; } };",
    "function fetch(x) { return x; } fetch(1);",
    "export const a = ({ fetch }) => fetch(1);",
    "export const a = async (fetch) => fetch(1);",
    "import { fetch } from './mine.ts'; fetch(1);",
    "// fetch('x')\nexport const prefetch = (x) => prefetch(x);",
  ])("is none in %s", async (source) => {
    expect(await warningsFor(source, ["http"])).toEqual([]);
  });
});

test("a build tells", async () => {
  await work.write({
    "manifest.json": probeManifest([]),
    "src/handler.js":
      "export const handler = async (_, host) => { await host.storage.get('a', 'b'); return fetch('x'); };",
  });
  const { warnings } = await build({ projectDir: work.dir });
  expect(warnings.filter((one) => one.includes("cap:storage.kv"))).toHaveLength(1);
  expect(warnings.filter((one) => one.includes("host.http.fetch"))).toHaveLength(1);
});

test.each([
  ["nothing", "const handler = () => ({ status: 204 });"],
  ["something that is no function", "export const handler = { fetch() {} };"],
])("a handler module that exports %s is refused by name", async (_, source) => {
  await work.write({ "manifest.json": probeManifest([]), "src/handler.js": source });
  await expect(build({ projectDir: work.dir })).rejects.toMatchObject({
    code: "handler_invalid",
    message: expect.stringMatching(/^src\/handler\.js exports no handler/),
  });
});
