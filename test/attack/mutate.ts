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
 * Leave out one control at a time, in a copy of the built packages, and run the rows that should notice.
 *
 * @param names - parts of the controls' names; all when there are none
 * @returns whether every control was missed by at least one row
 */
export async function checkMutations(names: readonly string[]): Promise<boolean> {
  const chosen = CONTROLS.filter(
    ({ name }) => names.length === 0 || names.some((part) => name.includes(part)),
  );
  // A patch that no longer fits is found before anything runs.
  for (const { patches } of chosen) copyPackages(patches).remove();
  const table: (readonly [control: string, red: readonly string[]])[] = [];
  for (const control of chosen) {
    const red = await redRows(control);
    table.push([control.name, red]);
    process.stdout.write(
      `${control.name}\n${(red.length === 0 ? ["NO ROW NOTICED"] : red).map((row) => `  ${row}\n`).join("")}`,
    );
  }
  const missed = table.filter(([, red]) => red.length > 0).length;
  process.stdout.write(`\n${missed} of ${table.length} controls are missed by at least one row\n`);
  return missed === table.length;
}

async function redRows({ patches, file, rows, refusesToStart = false }: Control): Promise<readonly string[]> {
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
      .map(({ title, failureMessages }) => `${title} (${reasonOf(failureMessages?.[0])})`);
    if (failed.length > 0 || code === 0) return failed;
    // No row ran. The machine may be to blame, unless a runner is known not to start without the control.
    const why = reasonOf(testResults.map(({ message = "" }) => message).join(" "));
    if (refusesToStart) return [`every row: the runner refuses to start (${why})`];
    process.stdout.write(`${file}: no row ran (${why})\n`);
    return [];
  } finally {
    copy.remove();
    rmSync(work, { recursive: true });
  }
}

/** Why a row is red, as far as it fits on a line. */
function reasonOf(message = "no reason given"): string {
  const [first = ""] = message.split("\n    at ");
  return first
    .replace(/^\w*Error: /, "")
    .replaceAll(/\s+/g, " ")
    .slice(0, 160);
}
