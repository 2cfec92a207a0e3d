/** Build everything that is published or started: types and plain packages, then the files that must be one file. */
import { copyFile, readdir } from "node:fs/promises";
import { ROOT, runAll } from "./run.ts";

const packages = await readdir(`${ROOT}/packages`);
for (const name of packages) await copyFile(`${ROOT}/LICENSE`, `${ROOT}/packages/${name}/LICENSE`);

await runAll([
  ["node", "scripts/generate.ts"],
  ["tsc", "-b"],
  ["node", "packages/ui-kit/scripts/build-css.ts"],
  ["node", "packages/runner/scripts/bundle.ts"],
  ["vite", "build", "--logLevel", "warn", "--config", "examples/host/vite.config.ts"],
]);
