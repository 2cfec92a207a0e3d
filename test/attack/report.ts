/** Whether a row held. */
export type Verdict = "holds" | "broken";

/** What came of one attack. */
export interface Entry {
  readonly row: string;
  readonly verdict: Verdict;
  readonly attackMs: number;
  /** Time of the first good call of the same install afterwards. */
  readonly recoveryMs: number;
  /** Latencies of the neighbour before, and while the attack ran, in ms. */
  readonly quiet: readonly number[];
  readonly latencies: readonly number[];
}

const entries: Entry[] = [];

/** Note one attack for the table. */
export function record(entry: Entry): void {
  entries.push(entry);
}

/** Print a table of every attack of this file since the last one. */
export function printReport(title: string): void {
  if (entries.length === 0) return;
  const quiet = entries[0]?.quiet ?? [];
  const lines = [
    `${title}: neighbour's quiet p50 ${ms(percentile(quiet, 0.5))}, p99 ${ms(percentile(quiet, 0.99))}`,
    `${"row".padEnd(44)} ${"verdict".padEnd(8)} ${"attack".padStart(9)} ${"recovery".padStart(9)} ${"neighbour p50".padStart(13)} ${"p99".padStart(9)} ${"ratio".padStart(6)} ${"calls".padStart(6)}`,
    ...[...entries, { ...together(), row: "all of them" }].map(
      ({ row, verdict, attackMs, recoveryMs, latencies }) => {
        const p99 = percentile(latencies, 0.99);
        const ratio = (p99 / percentile(quiet, 0.99)).toFixed(2);
        return `${row.slice(0, 44).padEnd(44)} ${verdict.padEnd(8)} ${ms(attackMs)} ${ms(recoveryMs)} ${ms(percentile(latencies, 0.5)).padStart(13)} ${ms(p99)} ${ratio.padStart(6)} ${String(latencies.length).padStart(6)}`;
      },
    ),
  ];
  entries.length = 0;
  process.stdout.write(`\n${lines.join("\n")}\n`);
}

function together(): Omit<Entry, "row"> {
  return {
    verdict: entries.every(({ verdict }) => verdict === "holds") ? "holds" : "broken",
    attackMs: entries.reduce((sum, { attackMs }) => sum + attackMs, 0),
    recoveryMs: Math.max(...entries.map(({ recoveryMs }) => recoveryMs)),
    quiet: entries[0]?.quiet ?? [],
    latencies: entries.flatMap(({ latencies }) => latencies),
  };
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`.padStart(9);
}
