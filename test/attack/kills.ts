/**
 * `node test/attack/kills.ts [kills=100] [seed]`: `kill -9` of cells and of the supervisor at random instants under load,
 * seen by callers of a gateway. Prints the seed, the recovery times and the books; the exit code is the verdict.
 */
import { readFileSync } from "node:fs";
import { runKills, type Victim } from "./kills-run.ts";

const RECOVERY_BOUND_MS = 1_000;
/** Share of the time in which somebody waited for a processor, beyond which times say more of the machine than of us. */
const BUSY_SHARE = 0.6;

const [kills = 100, seed = Date.now() % 1_000_000] = process.argv.slice(2).map(Number);
const waitedBefore = waitedMs();
const began = performance.now();
const report = await runKills({ kills, seed });
const waitedShare = (waitedMs() - waitedBefore) / (performance.now() - began);
const { balance } = report;
const say = (line: string): void => void process.stdout.write(`${line}\n`);

say(`kill -9, ${kills} times under load, seed ${seed}`);
say(`${"victim".padEnd(12)}${"kills".padStart(6)}${"recovery p50".padStart(14)}${"worst".padStart(10)}`);
for (const victim of ["one cell", "all cells", "supervisor"] satisfies Victim[]) {
  const times = report.kills
    .filter((one) => one.victim === victim)
    .map(({ recoveryMs }) => recoveryMs)
    .toSorted((a, b) => a - b);
  const ms = (value = 0) => `${value.toFixed(0)} ms`;
  say(
    `${victim.padEnd(12)}${String(times.length).padStart(6)}${ms(times[Math.floor(times.length / 2)]).padStart(14)}${ms(times.at(-1)).padStart(10)}`,
  );
}
for (const [name, times] of [...balance.outcomes].sort(([a], [b]) => a.localeCompare(b)))
  say(`${String(times).padStart(9)} ${name}`);
say(
  `sent ${balance.sent}, answered ${balance.answered}, unanswered ${balance.unanswered}, twice ${balance.answeredTwice}; acknowledged writes ${balance.acknowledged.writes} of ${balance.happened.writes}, upstream hits ${balance.acknowledged.hits} of ${balance.happened.hits}; acknowledged and lost ${balance.lost}, doubled ${balance.doubled}`,
);
say(
  `orphans ${report.orphans}; temporary entries of the last runner ${report.temporaries.running}, after its end ${report.temporaries.ended}`,
);
say(`somebody waited for a processor ${(waitedShare * 100).toFixed(0)} % of the time`);
for (const line of report.odd.slice(0, 20)) say(`odd: ${line}`);
const slow = report.kills.filter(({ recoveryMs }) => recoveryMs > RECOVERY_BOUND_MS).length;
const holds =
  balance.sent === balance.answered &&
  balance.unanswered + balance.answeredTwice + balance.lost + balance.doubled === 0 &&
  report.odd.length + report.orphans + report.temporaries.ended === 0 &&
  (slow === 0 || waitedShare > BUSY_SHARE) &&
  report.temporaries.running <= 1;
say(
  `verdict: ${holds ? "holds" : "BROKEN"}${slow > 0 ? ` (${slow} recoveries above ${RECOVERY_BOUND_MS} ms)` : ""}`,
);
process.exitCode = holds ? 0 : 1;

/** How long somebody on this machine waited for a processor since its start; 0 where the kernel does not tell. */
function waitedMs(): number {
  try {
    return Number(/^some .*total=(\d+)$/m.exec(readFileSync("/proc/pressure/cpu", "utf8"))?.[1] ?? 0) / 1_000;
  } catch {
    return 0;
  }
}
