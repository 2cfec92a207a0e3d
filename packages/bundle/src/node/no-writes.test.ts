import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

/** What the built package may load. None of it can write a file, start a process or open a socket. */
const ALLOWED = new Set([
  "node:crypto",
  "node:stream/promises",
  "node:timers/promises",
  "node:util",
  "node:zlib",
  "jose",
]);
/** Of these, only what reads. Trust documents are files of the operator. */
const FILE_SYSTEM = new Set(["node:fs", "node:fs/promises"]);
const READS = new Set(["readFile", "stat"]);
const STATEMENT = /^(?:import|export) (?:([^"']*?) from )?"([^"]+)";$/gm;
/** Ways to a module that no import statement shows. */
const HIDDEN = /\b(?:require|createRequire|getBuiltinModule|process\s*\.\s*binding)\s*\(|\bimport\s*\(/;

test("nothing is ever written to a path taken from an archive: the package cannot write at all", async () => {
  const dist = fileURLToPath(new URL("../../dist", import.meta.url));
  const files = (await readdir(dist, { recursive: true })).filter((file) => file.endsWith(".js"));
  expect(files).toContain(join("node", "read-bundle.js"));
  const found: string[] = [];
  for (const file of files) {
    const code = await readFile(join(dist, file), "utf8");
    if (HIDDEN.test(code)) found.push(`${file} loads modules at run time`);
    for (const [, names = "", specifier = ""] of code.matchAll(STATEMENT)) {
      const isOwn = specifier.startsWith(".") || specifier.startsWith("@alga-ext/");
      const isRead =
        FILE_SYSTEM.has(specifier) &&
        /^\{.*\}$/s.test(names) &&
        (names.match(/\w+/g) ?? []).every((name) => READS.has(name));
      if (!isOwn && !isRead && !ALLOWED.has(specifier)) found.push(`${file} imports ${specifier}`);
    }
  }
  expect(found).toEqual([]);
});
