/** Build what is missing or stale, then start the reference deployment. */
import { ROOT, run } from "./run.ts";

const started = performance.now();
process.stderr.write("  building packages …\n");
const { code } = await run("node", ["scripts/build.ts"]);
if (code !== 0) process.exit(code);
process.stderr.write(`  built in ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
process.argv[1] = `${ROOT}/examples/host/src/start.ts`;
await import("../examples/host/src/start.ts");
