import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const BIN = fileURLToPath(new URL("../dist/bin.js", import.meta.url));

it.each([
  ["the one file, where the package is installed", {}, "bundle"],
  [
    "the one file, where nothing was built since",
    { ".tsbuildinfo": "1", ".bundled.tsbuildinfo": "1" },
    "bundle",
  ],
  ["the modules, where tsc wrote since", { ".tsbuildinfo": "2", ".bundled.tsbuildinfo": "1" }, "modules"],
  ["the modules, where only tsc ran", { ".tsbuildinfo": "1" }, "modules"],
])("starts %s", (_name, builds, started) => {
  const directory = mkdtempSync(join(tmpdir(), "alga-runner-bin-"));
  try {
    mkdirSync(join(directory, "server"));
    copyFileSync(BIN, join(directory, "bin.js"));
    const files = {
      "package.json": `{"type":"module"}`,
      "server/start.cjs": `exports.start = () => process.stdout.write("bundle")`,
      "server/start.js": `export const start = () => process.stdout.write("modules")`,
      ...builds,
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
    expect(execFileSync(process.execPath, [join(directory, "bin.js")], { encoding: "utf8" })).toBe(started);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
