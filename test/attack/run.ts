/**
 * `npm run attack`: every attack against the built packages, then a hundred kills. `-- --mutate` leaves out one control
 * after the other instead and shows which rows notice; `-- --subset` runs what `npm test` runs; other arguments go to
 * vitest (`-- -t E0`).
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../scripts/run.ts";
import { checkMutations } from "./mutate.ts";
import { printSummary, SUMMARY_VARIABLE } from "./report.ts";
import { PLAN, SUBSET, SUBSET_FILES } from "./rows.ts";

const args = process.argv.slice(2);
const isSubset = args.includes("--subset");

if (args.includes("--mutate")) {
  process.exitCode = (await checkMutations(args.filter((arg) => arg !== "--mutate"))) ? 0 : 1;
} else {
  const work = mkdtempSync(join(tmpdir(), "alga-attack-run-"));
  try {
    const summary = join(work, "chapters.jsonl");
    const chosen = isSubset ? [...SUBSET_FILES, "-t", SUBSET] : args;
    const { code } = await run("vitest", ["run", "--project", "attack", ...chosen], {
      env: { [SUMMARY_VARIABLE]: summary, ...(isSubset ? { ATTACK_QUIET_CALLS: "20" } : {}) },
    });
    const hasHeld = printSummary(summary, chosen.length === 0 ? PLAN : []);
    const kills = chosen.length === 0 ? (await run("node", ["test/attack/kills.ts"])).code : 0;
    process.exitCode = hasHeld && kills === 0 ? code : 1;
  } finally {
    rmSync(work, { recursive: true });
  }
}
