import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../scripts/run.ts";
import { CONTROLS, type Control } from "./controls.ts";
import { copyPackages } from "./packages.ts";

interface Report {
  readonly testResults?: readonly {
    /** Why none of its rows ran, if none did. */
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly title: string;
      readonly status: string;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

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

async function redRows({ patches, file, rows, refusesToStart = false }: Control): Promise<readonly RedRow[]> {
  const copy = copyPackages(patches);
  const work = mkdtempSync(join(tmpdir(), "alga-attack-report-"));
  const report = join(work, "report.json");
  try {
    const { code } = await run(
      "vitest",
      [
        "run",
        "--project",
        "attack",
        `test/attack/${file}.test.ts`,
        "-t",
        rows,
        "--reporter=json",
        `--outputFile=${report}`,
      ],
      { env: { ATTACK_ROOT: copy.root }, quiet: true },
    );
    const { testResults = [] } = JSON.parse(readFileSync(report, "utf8")) as Report;
    const results = testResults.flatMap(({ assertionResults }) => assertionResults);
    const failed = results
      .filter(({ status }) => status === "failed")
      .map(({ title, failureMessages = [] }) => ({
        row: title,
        evidence: evidenceOf(failureMessages[0]),
        reason: reasonOf(failureMessages[0]),
      }));
    if (failed.length > 0 || code === 0) return failed;
    // No row ran. The machine may be to blame, unless a runner is known not to start without the control.
    const why = reasonOf(testResults.map(({ message = "" }) => message).join(" "));
    return [{ row: `every row of ${file}`, evidence: refusesToStart ? "start" : "nothing", reason: why }];
  } finally {
    copy.remove();
    rmSync(work, { recursive: true });
  }
}

function evidenceOf(message = ""): Evidence {
  if (!message.startsWith("AssertionError: ")) return "nothing";
  return /^AssertionError: expected -?[\d.]+ to be less than /.test(message) ? "bound" : "code";
}

/** Why a row is red, as far as it fits on a line. */
function reasonOf(message = "no reason given"): string {
  const [first = ""] = message.split("\n    at ");
  return first
    .replace(/^\w*Error: /, "")
    .replaceAll(/\s+/g, " ")
    .slice(0, 160);
}
