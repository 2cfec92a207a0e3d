/**
 * `npm run attack`: every attack against the built packages. `-- --mutate` leaves out one control after the other
 * instead and shows which rows notice; other arguments go to vitest (`-- -t E0`).
 */
import { run } from "../../scripts/run.ts";
import { checkMutations } from "./mutate.ts";

const args = process.argv.slice(2);
if (args.includes("--mutate")) {
  process.exitCode = (await checkMutations(args.filter((arg) => arg !== "--mutate"))) ? 0 : 1;
} else {
  process.exitCode = (await run("vitest", ["run", "--project", "attack", ...args])).code;
}
