import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { makeTemporaryCache } from "./temporary-cache.ts";

it("removes what killed runners left, and nothing of the living or of others", () => {
  const directory = mkdtempSync(join(tmpdir(), "alga-temporary-"));
  const { pid: dead } = spawnSync(process.execPath, ["-e", ""]);
  const make = (name: string) => {
    mkdirSync(join(directory, name, "artifacts"), { recursive: true });
    writeFileSync(join(directory, name, "artifacts", "a.artifact"), "x");
    return join(directory, name);
  };
  const left = make(`alga-runner-${dead}-abcDEF`);
  const kept = [
    `alga-runner-${process.pid}-abcDEF`,
    "alga-runner-test-components",
    `other-${dead}-abcDEF`,
  ].map(make);
  const made = makeTemporaryCache(directory);
  expect(existsSync(made)).toBe(true);
  expect(existsSync(left)).toBe(false);
  expect(kept.filter((path) => !existsSync(path))).toEqual([]);
  rmSync(directory, { recursive: true });
});
