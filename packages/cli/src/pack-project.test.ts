import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { readBundle } from "@alga-ext/bundle/node";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { packProject } from "./pack-project.ts";
import { createWorkFolder, MANIFEST, type WorkFolder } from "../test-support/work-folder.ts";

let work: WorkFolder;
beforeEach(async () => {
  work = await createWorkFolder();
});
afterEach(async () => {
  await work.remove();
});

describe("packProject", () => {
  test("packs manifest, component and built page, and says what it packed", async () => {
    const file = await work.packed();
    const bundle = await readBundle(await readFile(file), { profile: "canonical" });
    expect([...bundle.files.keys()]).toEqual([
      "dist/main.wasm",
      "manifest.json",
      "ui/assets/app.js",
      "ui/index.html",
    ]);
    expect(new TextDecoder().decode(bundle.files.get("manifest.json"))).toBe(MANIFEST);
    expect(new TextDecoder().decode(bundle.files.get("ui/index.html"))).toBe("<!doctype html>");
    expect(await readFile(join(work.dir, "bundle.sha256"), "utf8")).toBe(`${bundle.contentHash.slice(7)}\n`);
  });

  test("gives the same bytes again", async () => {
    const first = await readFile(await work.packed());
    await rm(join(work.dir, "bundle.tar.zst"));
    expect(await readFile(await work.packed())).toEqual(first);
  });

  test("takes a page without build step as it is", async () => {
    await work.write({ "manifest.json": MANIFEST, "dist/main.wasm": "\0asm", "ui/index.html": "plain" });
    const { entries } = await packProject({
      projectDir: work.dir,
      outFile: join(work.dir, "out", "x.tar.zst"),
    });
    expect(entries).toEqual(["dist/main.wasm", "manifest.json", "ui/index.html"]);
    expect((await readFile(join(work.dir, "out", "x.sha256"), "utf8")).length).toBe(65);
  });

  test.each([
    ["project_not_found", {}],
    ["invalid_manifest", { "manifest.json": '{"name": ""}' }],
    ["invalid_manifest", { "manifest.json": "{" }],
    ["not_built", { "manifest.json": MANIFEST, "dist/ui/index.html": "x" }],
    ["not_built", { "manifest.json": MANIFEST, "dist/main.wasm": "\0asm" }],
  ])("refuses with %s", async (code, files) => {
    await work.write(files);
    await expect(packProject({ projectDir: work.dir })).rejects.toMatchObject({ code });
  });
});
