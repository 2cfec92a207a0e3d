import { cronValues } from "@alga-ext/manifest";
import { CronExpressionParser, type CronExpression } from "cron-parser";

/** A rule and the time zone it is meant in. */
export interface CronRule {
  readonly cron: string;
  readonly timezone: string;
}

/** How much clocks are put back, in milliseconds: an hour nearly everywhere, half of one on Lord Howe Island. */
const SET_BACK_MS = [3_600_000, 1_800_000];

/**
 * When a rule runs next after a time; null when it never does.
 *
 * When clocks go forward, a run whose hour does not exist comes an hour later by the clock. When they go back, a rule
 * that names hours runs once; one that runs in every hour keeps its pace.
 */
export function nextRun(rule: CronRule, after: Date): Date | null {
  const runs = toRuns(rule, after);
  if (runs === null) return null;
  const namesHours = runs.fields.hour.values.length < 24;
  for (;;) {
    const next = step(runs);
    if (next === null || !namesHours || !isSecondPass(next, rule.timezone)) return next;
  }
}

function toRuns({ cron, timezone }: CronRule, after: Date): CronExpression | null {
  const rule = toParserRule(cron);
  if (rule === null) return null;
  try {
    return CronExpressionParser.parse(rule, { tz: timezone, currentDate: after });
  } catch {
    return null;
  }
}

/** Values per field when it restricts nothing. */
const ALL = [60, 24, 31, 12, 7];

/** The rule as the parser takes it: it refuses lists that name a value twice, which we allow. */
function toParserRule(cron: string): string | null {
  const fields = cronValues(cron)?.map((values, index) => {
    // Sunday is 0 and 7.
    const once = index === 4 ? [...new Set(values.map((day) => day % 7))] : values;
    return once.length === ALL[index] ? "*" : once.join(",");
  });
  return fields?.join(" ") ?? null;
}

function step(runs: CronExpression): Date | null {
  try {
    return runs.next().toDate();
  } catch {
    return null;
  }
}

/** Whether the clock showed this time once before, a little earlier. The parser knows that only when it walks past. */
function isSecondPass(at: Date, timezone: string): boolean {
  const clock = new Intl.DateTimeFormat("en", { timeZone: timezone, dateStyle: "short", timeStyle: "short" });
  const shown = clock.format(at);
  return SET_BACK_MS.some((ms) => clock.format(at.getTime() - ms) === shown);
}
