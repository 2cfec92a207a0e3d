/** Write the files that are made from others: `node scripts/generate.ts`, or `--check` to fail when one is stale. */
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const root = new URL("../", import.meta.url);

async function witModule(): Promise<[path: string, text: string]> {
  const wit = await readFile(new URL("packages/protocol/wit/alga-extension.wit", root), "utf8");
  const text = `// Made from wit/alga-extension.wit by scripts/generate.ts; do not edit.\n\n/** The WIT package \`alga:extension\`. */\nexport const ALGA_EXTENSION_WIT: string = ${JSON.stringify(wit)};\n`;
  return ["packages/protocol/src/wit.generated.ts", text];
}

const check = process.argv.includes("--check");
let stale = 0;
for (const [path, text] of [await witModule()]) {
  const url = new URL(path, root);
  const now = await readFile(url, "utf8").catch(() => "");
  if (now === text) continue;
  stale++;
  if (check) process.stderr.write(`${path} is stale: run node scripts/generate.ts\n`);
  else await writeFile(fileURLToPath(url), text);
}
if (check && stale > 0) process.exitCode = 1;
