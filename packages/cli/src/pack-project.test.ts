import { readdir, readFile, rm } from "node:fs/promises";
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

  test("lists what the build noted, unless told not to, and refuses a list it cannot read", async () => {
    await work.packed();
    await work.write({
      "dist/components.json": `[{"name": "@alga-ext/sdk", "version": "0.1.0", "license": "Apache-2.0"}]`,
    });
    const { entries, file } = await packProject({ projectDir: work.dir });
    expect(entries).toContain("sbom.cdx.json");
    const { files } = await readBundle(await readFile(file), { profile: "canonical" });
    const sbom = JSON.parse(new TextDecoder().decode(files.get("sbom.cdx.json"))) as object;
    expect(sbom).toMatchObject({
      bomFormat: "CycloneDX",
      metadata: { component: { group: "tests", name: "packed", version: "1.2.*" } },
      components: [{ purl: "pkg:npm/%40alga-ext/sdk@0.1.0" }],
    });
    expect((await packProject({ projectDir: work.dir, sbom: false })).entries).not.toContain("sbom.cdx.json");

    const before = await readFile(file);
    for (const wrong of ["{", "{}", `[{"name": ""}]`]) {
      await work.write({ "dist/components.json": wrong });
      await expect(packProject({ projectDir: work.dir })).rejects.toMatchObject({ code: "file_unusable" });
    }
    expect(await readFile(file)).toEqual(before);
  });

  test("a failure leaves the archive that was there, and nothing beside it", async () => {
    const file = await work.packed();
    const before = await readFile(file);
    await work.write({ "dist/ui/a b.html": "a name that no archive may hold" });
    await expect(packProject({ projectDir: work.dir })).rejects.toMatchObject({ code: "unsafe_path" });
    expect(await readFile(file)).toEqual(before);
    expect((await readdir(work.dir)).filter((name) => name.endsWith(".part"))).toEqual([]);
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
