import type { Life, Lives } from "./soak-cells.ts";
import type { Balance } from "./soak-ledger.ts";

/** What there was at one time. */
export interface Look {
  readonly at: number;
  readonly supervisorMib: number;
  /** Spaces of the supervisor's heap. */
  readonly youngMib: number;
  readonly oldMib: number;
  readonly cells: number;
  readonly cellsMib: number;
  readonly descriptors: number;
  readonly processes: number;
  readonly temporaries: number;
  readonly gatewayMib: number;
  readonly open: number;
}

/** Everything a soak has seen. */
export interface Soaked {
  readonly looks: readonly Look[];
  readonly cells: Lives;
  /** Installs that are called all the time: their cells have no reason to end. */
  readonly busyCells: number;
  readonly balance: Balance;
  /** Of honest calls, in ms. */
  readonly latencies: readonly number[];
  /** Outcomes nobody expects. */
  readonly odd: readonly string[];
  /** Calls that were answered that there was no time, and that there was no memory after a bomb. */
  readonly late: number;
  readonly inRubble: number;
  readonly calls: { readonly asked: number; readonly heldBack: number };
  readonly stoodStillMs: number;
  readonly restarts: number;
  readonly left: { readonly processes: number; readonly files: number };
}

/** Heaps, pools and caches find their size: looks before do not count. */
const WARM_UP_SHARE = 1 / 6;
/** A soak with fewer of the calls that were asked for is one at another rate. */
const LEAST_CALLS_SHARE = 0.95;
const SUPERVISOR_BOUND_MIB = 24;
/** Columns of {@link Look}, and how much more there may be in the last quarter than in the first. */
const BOUNDS: readonly (readonly [name: Exclude<keyof Look, "at">, bound: number | null])[] = [
  ["supervisorMib", SUPERVISOR_BOUND_MIB],
  ["youngMib", null],
  ["oldMib", null],
  ["descriptors", 4],
  ["processes", 4],
  ["temporaries", 0],
  ["cells", null],
  ["cellsMib", null],
  ["gatewayMib", null],
];
/** The same for what the cells took that lived all the time: on average, and the least that any one of them had. */
const CELL_BOUND_MIB = 8;

interface Line {
  readonly name: string;
  readonly first: number;
  readonly last: number;
  readonly perHour: number | null;
  readonly bound: number | null;
}

/**
 * Judge a soak: nothing grows, the books balance, nothing odd, nothing left.
 *
 * Cells are compared with themselves: what is averaged over cells that happen to live, a bombed one beside an empty
 * spare, changes with who lives. The least a cell had in a quarter is what it cannot give back, whatever the bombs left
 * lying about for the engine to collect.
 */
export function judge(soaked: Soaked): { readonly isSound: boolean; readonly lines: readonly string[] } {
  const counted = soaked.looks.slice(Math.floor(soaked.looks.length * WARM_UP_SHARE));
  const from = counted[0]?.at ?? 0;
  const to = counted.at(-1)?.at ?? 0;
  const lived = soaked.cells.through(from, to);
  const growth = [
    ...BOUNDS.map(([name, bound]) =>
      compare(
        name,
        counted.map((look) => ({ at: look.at, value: look[name] })),
        bound,
      ),
    ),
    compare(
      "supervisorMib, least",
      counted.map(({ at, supervisorMib }) => ({ at, value: supervisorMib })),
      SUPERVISOR_BOUND_MIB,
      least,
    ),
    ...linesOfCells(lived, from),
  ];
  const { balance, odd, restarts, left, calls } = soaked;
  const made = calls.asked - calls.heldBack;
  const checks: readonly (readonly [what: string, isSound: boolean, seen: string])[] = [
    ["cells of busy installs lived all the time", lived.length >= soaked.busyCells, `${lived.length} cells`],
    [
      "the rate was kept",
      made >= calls.asked * LEAST_CALLS_SHARE,
      `${made} of ${calls.asked} calls; late ${soaked.late}`,
    ],
    [
      "every call has one answer",
      balance.sent === balance.answered && balance.unanswered + balance.answeredTwice === 0,
      `sent ${balance.sent}, answered ${balance.answered}, unanswered ${balance.unanswered}, twice ${balance.answeredTwice}`,
    ],
    [
      "what was acknowledged happened once",
      // What was not acknowledged belongs to calls that were told so.
      balance.lost + balance.doubled === 0 && balance.unacknowledged <= soaked.late,
      `writes ${balance.acknowledged.writes} of ${balance.happened.writes}, upstream hits ${balance.acknowledged.hits} of ${balance.happened.hits}; lost ${balance.lost}, doubled ${balance.doubled}, unacknowledged ${balance.unacknowledged}`,
    ],
    ["no outcome is odd", odd.length === 0, `${odd.length}`],
    ["the runner never restarted", restarts === 0, `${restarts}`],
    [
      "nothing was left",
      left.processes + left.files === 0,
      `${left.processes} processes, ${left.files} files`,
    ],
  ];
  const isSound = growth.every(isFlat) && checks.every(([, holds]) => holds);
  const sorted = soaked.latencies.toSorted((a, b) => a - b);
  const quantile = (share: number) => (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(1);
  return {
    isSound,
    lines: [
      "",
      ...[...balance.outcomes]
        .toSorted(([a], [b]) => a.localeCompare(b))
        .map(([name, times]) => `${String(times).padStart(9)} ${name}`),
      ...odd.slice(0, 20).map((line) => `odd: ${line}`),
      `honest calls: p50 ${quantile(0.5)} ms, p99 ${quantile(0.99)} ms; ${soaked.late} answered that there was no time; ${soaked.inRubble} that there was no memory after a bomb; the machine stood still for ${(soaked.stoodStillMs / 1000).toFixed(0)} s; ${soaked.cells.ended} cells and spares ended`,
      "",
      `${"".padEnd(44)}${"first quarter".padStart(14)}${"last quarter".padStart(14)}${"slope/hour".padStart(12)}${"bound".padStart(8)}  verdict`,
      ...growth.map(print),
      ...checks.map(([what, holds, seen]) => `${what.padEnd(92)}  ${holds ? "PASS" : "BROKEN"}  ${seen}`),
      "",
      `verdict: ${isSound ? "PASS" : "BROKEN"}`,
    ],
  };
}

function linesOfCells(lived: readonly Life[], from: number): readonly Line[] {
  const own = lived.map(({ pid, looks }) => {
    const points = looks.filter(({ at }) => at >= from).map(({ at, mib }) => ({ at, value: mib }));
    return {
      mean: compare(`  cell ${pid}, mean`, points, null),
      least: compare(`  cell ${pid}, least`, points, null, least),
    };
  });
  const worst = own
    .map((one) => one.least)
    .toSorted((one, other) => other.last - other.first - (one.last - one.first))[0];
  const average = (value: (line: Line) => number) =>
    own.reduce((sum, one) => sum + value(one.mean), 0) / Math.max(1, own.length);
  return [
    ...own.flatMap((one) => [one.mean, one.least]),
    {
      name: "MiB of the same cells, mean",
      first: average(({ first }) => first),
      last: average(({ last }) => last),
      perHour: average(({ perHour }) => perHour ?? 0),
      bound: CELL_BOUND_MIB,
    },
    ...(worst === undefined
      ? []
      : [{ ...worst, name: "MiB that the worst cell cannot give back", bound: CELL_BOUND_MIB }]),
  ];
}

interface Point {
  readonly at: number;
  readonly value: number;
}

function compare(
  name: string,
  points: readonly Point[],
  bound: number | null,
  of: (values: readonly number[]) => number = mean,
): Line {
  const quarter = Math.max(1, Math.floor(points.length / 4));
  const values = points.map(({ value }) => value);
  return {
    name,
    first: of(values.slice(0, quarter)),
    last: of(values.slice(-quarter)),
    perHour: of === least ? null : slopeOf(points) * 3_600_000,
    bound,
  };
}

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
const least = (values: readonly number[]) => Math.min(...values);

/** Least squares, per millisecond. */
function slopeOf(points: readonly Point[]): number {
  const middle = mean(points.map(({ at }) => at));
  const height = mean(points.map(({ value }) => value));
  const over = points.reduce((sum, { at, value }) => sum + (at - middle) * (value - height), 0);
  const below = points.reduce((sum, { at }) => sum + (at - middle) ** 2, 0);
  return below === 0 ? 0 : over / below;
}

const isFlat = ({ first, last, bound }: Line) => bound === null || last - first <= bound;

function print(line: Line): string {
  const verdict = line.bound === null ? "" : isFlat(line) ? "PASS" : "BROKEN";
  return `${line.name.padEnd(44)}${line.first.toFixed(1).padStart(14)}${line.last.toFixed(1).padStart(14)}${(line.perHour?.toFixed(1) ?? "").padStart(12)}${String(line.bound ?? "–").padStart(8)}  ${verdict}`;
}
