import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createWorkFolder, type WorkFolder } from "../../test-support/work-folder.ts";
import { findPackages } from "./find-packages.ts";

let work: WorkFolder;
beforeEach(async () => {
  work = await createWorkFolder();
});
afterEach(async () => {
  await work.remove();
});

test("names the nearest named package of each file, once, sorted", async () => {
  await work.write({
    "package.json": `{"name": "the-monorepo", "version": "0.0.0"}`,
    "node_modules/zed/package.json": `{"name": "zed", "version": "1.0.0", "license": "MIT"}`,
    "node_modules/zed/dist/esm/package.json": `{"type": "module"}`,
    "node_modules/@scope/pack/package.json": `{"name": "@scope/pack", "version": "2.0.0"}`,
    "node_modules/broken/package.json": `{`,
    "sibling/package.json": `{"name": "sibling", "version": "3.0.0", "license": {"type": "MIT"}}`,
    "project/package.json": `{"name": "mine", "version": "9.0.0"}`,
    "project/node_modules/zed/package.json": `{"name": "zed", "version": "2.0.0"}`,
  });
  const files = [
    "node_modules/zed/dist/esm/a.js",
    "node_modules/zed/dist/esm/b.js?v=1",
    "node_modules/@scope/pack/index.js",
    "node_modules/broken/index.js",
    "sibling/src/x.ts",
    "shared/y.ts",
    "project/src/handler.ts",
    "project/node_modules/zed/index.js",
  ].map((path) => join(work.dir, path));
  expect(await findPackages([...files, "virtual:thing"], join(work.dir, "project"))).toEqual([
    { name: "@scope/pack", version: "2.0.0" },
    { name: "sibling", version: "3.0.0" },
    { name: "zed", version: "1.0.0", license: "MIT" },
    { name: "zed", version: "2.0.0" },
  ]);
});
