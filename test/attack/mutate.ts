import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../scripts/run.ts";
import { CONTROLS, type Control } from "./controls.ts";
import { FAULTS_VARIABLE, type Fault } from "./mutate-reporter.ts";
import { copyPackages } from "./packages.ts";

/**
 * What told that a control was gone: the code or the effect that a row expects, a bound of time or memory, a runner that
 * does not start without it. Else the row did not get as far as what it asserts, and the machine may be to blame.
 */
type Evidence = "code" | "bound" | "start" | "nothing";

interface RedRow {
  readonly row: string;
  readonly evidence: Evidence;
  readonly reason: string;
}

/**
 * Leave out one control at a time, in a copy of the built packages, and run the rows that should notice.
 *
 * @param names - parts of the controls' names; all when there are none
 * @returns whether every control was missed by at least one row, and not by a row that ended by itself
 */
export async function checkMutations(names: readonly string[]): Promise<boolean> {
  const chosen = CONTROLS.filter(
    ({ name }) => names.length === 0 || names.some((part) => name.includes(part)),
  );
  // A patch that no longer fits is found before anything runs.
  for (const { patches } of chosen) copyPackages(patches).remove();
  const told: Record<Evidence, number> = { code: 0, bound: 0, start: 0, nothing: 0 };
  for (const control of chosen) {
    const red = await redRows(control);
    const best = EVIDENCE.find((one) => red.some(({ evidence }) => evidence === one)) ?? "nothing";
    told[best] += 1;
    const lines = red.map(({ row, evidence, reason }) => `  ${evidence.padEnd(8)} ${row} (${reason})\n`);
    process.stdout.write(
      `${control.name}: ${best === "nothing" ? "NO ROW NOTICED" : `told by ${best}`}\n${lines.join("")}`,
    );
  }
  process.stdout.write(
    `\nof ${chosen.length} controls ${told.code} are missed by the code or the effect that a row expects, ${told.bound} by a bound, ${told.start} by a runner that does not start, ${told.nothing} by nothing\n`,
  );
  return told.nothing === 0;
}

/** From the strongest to the weakest that counts. */
const EVIDENCE: readonly Evidence[] = ["code", "bound", "start"];

async function redRows({ patches, file, rows, refusesToStart }: Control): Promise<readonly RedRow[]> {
  const copy = copyPackages(patches);
  const work = mkdtempSync(join(tmpdir(), "alga-attack-report-"));
  const faults = join(work, "faults.jsonl");
  writeFileSync(faults, "");
  try {
    await run(
      "vitest",
      [
        "run",
        "--project",
        "attack",
        `test/attack/${file}.test.ts`,
        "-t",
        rows,
        "--reporter=./test/attack/mutate-reporter.ts",
      ],
      { env: { ATTACK_ROOT: copy.root, [FAULTS_VARIABLE]: faults }, quiet: true },
    );
    return readFileSync(faults, "utf8")
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Fault)
      .map((fault) => ({
        row: fault.row ?? `every row of ${file}`,
        evidence: evidenceOf(fault, refusesToStart),
        reason: fault.message.replaceAll(/\s+/g, " ").slice(0, REASON_CHARS),
      }));
  } finally {
    copy.remove();
    rmSync(work, { recursive: true });
  }
}

/** As much of a reason as fits on a line. */
const REASON_CHARS = 200;

function evidenceOf({ row, name, code, message }: Fault, refusal: string | undefined): Evidence {
  if (row === null) return refusal !== undefined && code === refusal ? "start" : "nothing";
  if (name !== "AssertionError") return "nothing";
  return /^expected -?[\d.]+ to be (?:less|greater) than /.test(message) ? "bound" : "code";
}
