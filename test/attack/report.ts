import { appendFileSync, existsSync, readFileSync } from "node:fs";

/** Whether a row held. */
export type Verdict = "holds" | "broken";

/** What came of one attack; filled in as it goes on. */
export interface Entry {
  readonly row: string;
  /** Broken until the test that made the attack has passed, with everything it expects. */
  verdict: Verdict;
  attackMs: number;
  /** Time of the first good call of the same install afterwards. */
  recoveryMs: number;
  /** Latencies of the neighbour while the attack ran, in ms. */
  readonly latencies: readonly number[];
}

/** Every attack of one file, as {@link printSummary} reads them. */
interface Chapter {
  readonly title: string;
  readonly rows: readonly Pick<Entry, "row" | "verdict" | "latencies">[];
  readonly quiet: readonly number[];
  readonly busy: readonly number[];
  readonly latencies: readonly number[];
}

const entries: Entry[] = [];
/** The neighbour alone. */
const quiet: number[] = [];
/** The neighbour beside an honest tenant that has much to do. */
const busy: number[] = [];
/** Where files leave their chapter for the summary of a whole run. */
const SUMMARY = "ATTACK_SUMMARY";

/** Note one attack for the table, where it stays whether it ends or not. */
export function record(entry: Entry): void {
  entries.push(entry);
}

/** Note calls of the neighbour while nobody attacked. */
export function recordQuiet(latencies: readonly number[]): void {
  quiet.push(...latencies);
}

/** Note calls of the neighbour beside a busy honest tenant. */
export function recordBusy(latencies: readonly number[]): void {
  busy.push(...latencies);
}

/** Print a table of every attack of this file since the last one. */
export function printReport(title: string): void {
  if (entries.length === 0) return;
  const rows = entries.map(
    ({ row, verdict, attackMs, recoveryMs, latencies }) =>
      `${row.slice(0, 44).padEnd(44)} ${verdict.padEnd(8)} ${ms(attackMs)} ${ms(recoveryMs)} ${comparison({ quiet, busy, latencies })}`,
  );
  const chapter: Chapter = {
    title,
    rows: entries.map(({ row, verdict, latencies }) => ({ row, verdict, latencies })),
    quiet: [...quiet],
    busy: [...busy],
    latencies: entries.flatMap(({ latencies }) => latencies),
  };
  process.stdout.write(
    `\n${title}\n${"row".padEnd(44)} ${"verdict".padEnd(8)} ${"attack".padStart(10)} ${"recovery".padStart(10)} ${COLUMNS}\n${rows.join("\n")}\n${"all of them".padEnd(75)} ${comparison(chapter)}\n`,
  );
  const path = process.env[SUMMARY];
  if (path !== undefined) appendFileSync(path, `${JSON.stringify(chapter)}\n`);
  entries.length = quiet.length = busy.length = 0;
}

/**
 * Print what all files of a run came to.
 *
 * @param expected - rows that have to be there
 * @returns whether they were and all of them held
 */
export function printSummary(path: string, expected: readonly string[]): boolean {
  const chapters = existsSync(path)
    ? readFileSync(path, "utf8")
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Chapter)
    : [];
  const rows = chapters.flatMap((chapter) => chapter.rows);
  const missing = expected.filter((id) => !rows.some(({ row }) => row.includes(id)));
  const broken = rows.filter(({ verdict }) => verdict === "broken").map(({ row }) => row);
  const all = {
    quiet: chapters.flatMap((chapter) => chapter.quiet),
    busy: chapters.flatMap((chapter) => chapter.busy),
    latencies: chapters.flatMap((chapter) => chapter.latencies),
  };
  const lines = chapters.map(
    (chapter) =>
      `${chapter.title.padEnd(40)} ${String(chapter.rows.length).padStart(5)} ${comparison(chapter)}`,
  );
  const worst = chapters
    .flatMap((chapter) =>
      chapter.rows.map(({ row, latencies }) => ({
        row,
        latencies,
        quiet: chapter.quiet,
        busy: chapter.busy,
      })),
    )
    .filter(({ latencies }) => latencies.length > 0)
    .toSorted((one, other) => percentile(other.latencies, 0.99) - percentile(one.latencies, 0.99))
    .slice(0, WORST_ROWS)
    .map((one) => `${one.row.slice(0, 44).padEnd(46)} ${comparison(one)}`);
  process.stdout.write(
    `\n${"".padEnd(40)} ${"rows".padStart(5)} ${COLUMNS}\n${lines.join("\n")}\n${"everything".padEnd(40)} ${String(rows.length).padStart(5)} ${comparison(all)}\n` +
      `\nwhere the neighbour waited longest\n${worst.join("\n")}\n\n` +
      `rows of the plan without an attack: ${missing.join(", ") || "none"}; rows that broke: ${broken.join(", ") || "none"}\n`,
  );
  return missing.length + broken.length === 0;
}

/** Name of the variable that says where chapters go. */
export const SUMMARY_VARIABLE: string = SUMMARY;

/** Nobody measured. */
const NOTHING = "–";
/** Rows that the summary names. */
const WORST_ROWS = 12;

const COLUMNS = `${"alone p50".padStart(10)} ${"p99".padStart(10)} ${"busy p50".padStart(10)} ${"p99".padStart(10)} ${"attacked".padStart(10)} ${"p99".padStart(10)} ${"/alone".padStart(6)} ${"/busy".padStart(6)} ${"calls".padStart(6)}`;

/**
 * The neighbour alone, beside an honest tenant with much to do, and under attack; all its calls were answered, or the
 * row is broken. An attack that only computes is that tenant: both have a core to compete for.
 */
function comparison({ quiet, busy, latencies }: Pick<Chapter, "quiet" | "busy" | "latencies">): string {
  const during = percentile(latencies, 0.99);
  const ratio = (to: number) => (to * during === 0 ? NOTHING : (during / to).toFixed(2)).padStart(6);
  const pairs = [quiet, busy, latencies].map((values) =>
    values.length === 0
      ? `${NOTHING.padStart(10)} ${NOTHING.padStart(10)}`
      : `${ms(percentile(values, 0.5))} ${ms(percentile(values, 0.99))}`,
  );
  return `${pairs.join(" ")} ${ratio(percentile(quiet, 0.99))} ${ratio(percentile(busy, 0.99))} ${String(latencies.length).padStart(6)}`;
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`.padStart(10);
}
