/** Types of what `tsc -b` does not emit: tests, scripts, benches, examples. */
import { runAll } from "./run.ts";

await runAll([["tsc", "-p", "tsconfig.test.json"]]);
