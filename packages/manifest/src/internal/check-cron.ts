import type { ManifestProblemCode } from "../problems.ts";

const RANGES = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 7],
] as const;
const MIN_INTERVAL = 5;

/**
 * Why a cron rule is refused; null when it is fine.
 *
 * The gap between runs is found from the minutes and hours themselves, so that a list or range cannot hide it.
 */
export function checkCron(cron: string): ManifestProblemCode | null {
  const fields = cron.split(" ");
  const [minutes, hours] = cronValues(cron) ?? [];
  if (minutes === undefined || hours === undefined) return "bad_cron";
  if (fields[2] !== "*" && fields[4] !== "*") return "cron_two_days";
  const gaps = minutes.slice(1).map((minute, index) => minute - (minutes[index] ?? 0));
  const hasNextHour = hours.some((hour) => hours.includes((hour + 1) % 24));
  const wrap = 60 - (minutes.at(-1) ?? 0) + (minutes[0] ?? 0);
  const least = Math.min(...gaps, ...(hasNextHour ? [wrap] : []));
  return least < MIN_INTERVAL ? "cron_too_often" : null;
}

/** The values that the five fields of a cron rule stand for, ascending; null when it is none. */
export function cronValues(cron: string): number[][] | null {
  const sets = cron.split(" ").map((field, index) => toSet(field, RANGES[index]));
  const read = sets.filter((set) => set !== null);
  return sets.length === RANGES.length && read.length === RANGES.length ? read : null;
}

// The values one field stands for, ascending.
function toSet(field: string, range: readonly [number, number] | undefined): number[] | null {
  if (range === undefined) return null;
  const [lowest, highest] = range;
  const values = new Set<number>();
  for (const part of field.split(",")) {
    const found = /^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/.exec(part);
    if (found === null) return null;
    const step = found[3] === undefined ? 1 : Number(found[3]);
    const from = found[1] === undefined ? lowest : Number(found[1]);
    const openEnd = found[1] === undefined || (found[3] !== undefined && found[2] === undefined);
    const to = openEnd ? highest : Number(found[2] ?? from);
    if (step === 0 || from < lowest || to > highest || from > to) return null;
    for (let value = from; value <= to; value += step) values.add(value);
  }
  return [...values].sort((a, b) => a - b);
}
