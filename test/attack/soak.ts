/**
 * `node test/attack/soak.ts [minutes=24] [rate=100]`: a gateway and a runner under steady load, one call in a hundred
 * hostile. Prints a sample every ten seconds; at the end the first and the last quarter side by side, the slope of
 * everything that could leak, and whether the books balance. The exit code is the verdict.
 */
import { readdirSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { descendants, rssBytes } from "./machine.ts";
import { survivors } from "./soak-survivors.ts";
import { createLedger, type Effect, type Ledger } from "./soak-ledger.ts";
import { HOSTILE_TENANT, leftovers, openStand, type Place, type Stand } from "./soak-stand.ts";

const MIB = 1024 * 1024;
const TENANTS = 3;
const SAMPLE_MS = 10_000;
/** Heaps, pools and caches find their size: samples before do not count. */
const WARM_UP_SHARE = 1 / 6;
/** One call in so many is hostile. */
const HOSTILE_EVERY = 100;
/** Installs rest now and then, so that cells end and start all the time. */
const IDLE_MS = 8_000;
const RARE_EVERY = 900;
/** Calls at once: on a machine with less time than the rate asks for, later ones are held back, not timed out. */
const MAX_OPEN = 48;
/** A pause of this process that only the machine can have made. */
const STANDSTILL_MS = 1_000;

const [minutes = 24, rate = 100] = process.argv.slice(2).map(Number);

interface Deed {
  readonly kind: string;
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly effect: Effect;
  /** Outcomes that are as they should be: `ok`, or a code of the gateway. */
  readonly fine: readonly string[];
}

const deed = (
  path: string,
  fine: readonly string[],
  effect: Effect = "none",
  method: Deed["method"] = "GET",
) => ({
  kind: path.slice(1),
  method,
  path,
  effect,
  fine,
});
const HONEST: readonly Deed[] = [
  deed("/read", ["ok"]),
  deed("/read", ["ok"]),
  deed("/write", ["ok"], "write", "POST"),
  deed("/fetch", ["ok"], "hit"),
  deed("/log", ["ok"]),
];
/**
 * What a bomb does to the next calls of its own install: its memory is the process's until the engine collects, and the
 * process has a limit, too. These fit into the memory of a call, so nobody else may be told that they do not.
 */
const BOMB = "/bomb";
const IN_ITS_RUBBLE: ReadonlySet<string> = new Set(["/huge", "/grow"]);
const bombed = new Set<Place>();
let inRubble = 0;
const HOSTILE: readonly Deed[] = [
  deed("/loop", ["deadline_exceeded", "cpu_exceeded"]),
  deed(BOMB, ["memory_exceeded", "deadline_exceeded"]),
  deed("/trap", ["execute_failed"]),
  deed("/flood", ["ok"]),
  deed("/denied", ["ok"]),
  deed("/huge", ["response_too_large"]),
  deed("/grow", ["ok"]),
];
/** What a machine with too little time for all this may answer; counted, and as typed as the rest. */
const LATE: ReadonlySet<string> = new Set([
  "deadline_exceeded",
  "overloaded",
  "not_admitted",
  "runner_crashed",
]);
/** Its cell has to be killed; a few of these in a row and the install rests. */
const CRASH = deed("/crash", ["deadline_exceeded", "runner_crashed", "not_admitted"], "none", "POST");
const AFTER_CRASH = deed("/idle", ["ok", "runner_crashed", "not_admitted"]);

interface Sample {
  readonly supervisorMib: number;
  readonly cellsMib: number;
  readonly perCellMib: number;
  readonly descriptors: number;
  readonly processes: number;
  readonly temporaries: number;
  readonly gatewayMib: number;
  readonly open: number;
}

const stand = await openStand({ tenants: TENANTS, limits: { idleMs: IDLE_MS } });
await stand.warm();
const ledger = createLedger();
const latencies: number[] = [];
const odd: string[] = [];
let late = 0;

// The last of the honest tenants comes by now and then, the others are busy.
const honest = stand.workers.filter(({ tenant }) => tenant !== HOSTILE_TENANT);
const hostile = stand.workers.filter(({ tenant }) => tenant === HOSTILE_TENANT);
const busy = honest.slice(0, -2);
const rare = honest.slice(-2);

async function make(place: Place, what: Deed): Promise<void> {
  const id = ledger.send(what.kind, what.effect);
  const started = performance.now();
  if (what.path === BOMB) bombed.add(place);
  const { status, code, text } = await stand.call(place, what.method, `${what.path}?id=${id}`);
  const outcome = code ?? (status === 200 ? "ok" : `status ${status}`);
  const isBooked = code === null && text.startsWith(`1 ${id} {"ok":`);
  ledger.answer(id, outcome, isBooked);
  const isClean =
    what === AFTER_CRASH || outcome !== "ok" || text.startsWith(`1 ${id} `) || what.path === "/crash";
  const isDone = what.effect === "none" || outcome !== "ok" || isBooked;
  const isLate = !what.fine.includes(outcome) && LATE.has(outcome);
  const isInRubble = outcome === "memory_exceeded" && IN_ITS_RUBBLE.has(what.path) && bombed.has(place);
  if (isLate) late += 1;
  else if (isInRubble) inRubble += 1;
  else if (!what.fine.includes(outcome) || !isClean || !isDone)
    odd.push(`${id} ${place.tenant} ${place.extension} ${what.path} → ${outcome} ${text.slice(0, 120)}`);
  if (what.fine[0] === "ok" && place.tenant !== HOSTILE_TENANT) latencies.push(performance.now() - started);
}

let turn = 0;
function next(): Promise<void> {
  turn += 1;
  const pick = <T>(from: readonly T[], nth: number): T => from[nth % from.length] as T;
  if (turn % HOSTILE_EVERY === 0) {
    const nth = turn / HOSTILE_EVERY;
    if (nth % (HOSTILE.length + 1) === 0) {
      const place = pick(stand.crashers, nth / (HOSTILE.length + 1));
      return make(place, CRASH).then(() => make(place, AFTER_CRASH));
    }
    return make(pick(hostile, nth), pick(HOSTILE, nth % (HOSTILE.length + 1)));
  }
  if (turn % RARE_EVERY === 1) return make(pick(rare, turn), pick(HONEST, turn));
  return make(pick(busy, turn), pick(HONEST, Math.floor(turn / busy.length)));
}

function look(): Sample {
  const pid = stand.runnerPid ?? 0;
  const below = descendants(pid);
  const cells = below.map(rssBytes).filter((bytes) => bytes > 16 * MIB);
  const cellsMib = cells.reduce((sum, bytes) => sum + bytes, 0) / MIB;
  return {
    supervisorMib: rssBytes(pid) / MIB,
    cellsMib,
    perCellMib: cellsMib / Math.max(1, cells.length),
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
    processes: below.length,
    temporaries: leftovers(stand).length,
    gatewayMib: process.memoryUsage.rss() / MIB,
    open: ledger.open,
  };
}

const NAMES = [
  "supervisorMib",
  "cellsMib",
  "perCellMib",
  "descriptors",
  "processes",
  "temporaries",
  "gatewayMib",
  "open",
] as const;
/** How much more there may be in the last quarter than in the first, of what must not grow. */
const BOUNDS: Partial<Record<keyof Sample, number>> = {
  supervisorMib: 24,
  perCellMib: 8,
  descriptors: 4,
  processes: 4,
  temporaries: 0,
};

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

const samples: Sample[] = [];
say(
  `soak: ${minutes} min at ${rate}/s, ${busy.length} busy installs, ${hostile.length + stand.crashers.length} hostile, ${rare.length} rare; runner ${stand.runnerPid}`,
);
say(`${"second".padStart(7)}${NAMES.map((name) => name.padStart(14)).join("")}`);
const startedAt = performance.now();
const endsAt = startedAt + minutes * 60_000;
const under: Set<Promise<void>> = new Set();
let tickedAt = performance.now();
let stoodStillMs = 0;
let heldBack = 0;
let made = 0;
const ticking = setInterval(() => {
  const gapMs = performance.now() - tickedAt;
  tickedAt += gapMs;
  // Nobody asks for the calls of a time in which nothing ran.
  if (gapMs > STANDSTILL_MS) {
    stoodStillMs += gapMs;
    made += Math.floor((gapMs / 1000) * rate);
  }
  const due = Math.floor(((Math.min(performance.now(), endsAt) - startedAt) / 1000) * rate);
  for (; made < due; made += 1) {
    if (under.size >= MAX_OPEN) {
      heldBack += due - made;
      made = due;
      return;
    }
    const call = next();
    under.add(call);
    void call.finally(() => under.delete(call));
  }
}, 5);
while (performance.now() < endsAt) {
  await delay(Math.min(SAMPLE_MS, Math.max(1, endsAt - performance.now())));
  const sample = look();
  samples.push(sample);
  say(
    `${((performance.now() - startedAt) / 1000).toFixed(0).padStart(7)}${NAMES.map((name) => sample[name].toFixed(name.endsWith("Mib") ? 1 : 0).padStart(14)).join("")}`,
  );
}
clearInterval(ticking);
await Promise.all(under);
const restarts = stand.starts - 1;
const last = descendants(stand.runnerPid ?? 0);
const leftFiles = await stand.close();
const leftProcesses = await survivors(last);
process.exitCode = judge(samples, ledger, stand) ? 0 : 1;

function judge(all: readonly Sample[], books: Ledger, { effects }: Stand): boolean {
  const counted = all.slice(Math.floor(all.length * WARM_UP_SHARE));
  const quarter = Math.max(1, Math.floor(counted.length / 4));
  const mean = (from: readonly Sample[], name: keyof Sample) =>
    from.reduce((sum, one) => sum + one[name], 0) / Math.max(1, from.length);
  say(
    `\n${"".padEnd(16)}${"first quarter".padStart(14)}${"last quarter".padStart(14)}${"slope/hour".padStart(12)}${"bound".padStart(8)}  verdict`,
  );
  let isFlat = true;
  for (const name of NAMES) {
    const first = mean(counted.slice(0, quarter), name);
    const final = mean(counted.slice(-quarter), name);
    const bound = BOUNDS[name];
    const holds = bound === undefined || final - first <= bound;
    isFlat &&= holds;
    say(
      `${name.padEnd(16)}${first.toFixed(1).padStart(14)}${final.toFixed(1).padStart(14)}${(slopeOf(counted.map((one) => one[name])) * (3_600_000 / SAMPLE_MS)).toFixed(1).padStart(12)}${String(bound ?? "–").padStart(8)}  ${bound === undefined ? "" : holds ? "flat" : "GROWS"}`,
    );
  }
  const balance = books.balance(effects);
  const sorted = latencies.toSorted((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(1);
  say(
    `\nhonest calls: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms; ${late} answered that there was no time; ${inRubble} that there was no memory after a bomb; ${heldBack} held back; the machine stood still for ${(stoodStillMs / 1000).toFixed(0)} s; restarts of the runner ${restarts}; left after its end: ${leftProcesses.length} processes, ${leftFiles.length} files`,
  );
  for (const [name, times] of [...balance.outcomes].sort(([a], [b]) => a.localeCompare(b)))
    say(`${String(times).padStart(9)} ${name}`);
  say(
    `sent ${balance.sent}, answered ${balance.answered}, unanswered ${balance.unanswered}, twice ${balance.answeredTwice}; acknowledged writes ${balance.acknowledged.writes} of ${balance.happened.writes}, upstream hits ${balance.acknowledged.hits} of ${balance.happened.hits}; lost ${balance.lost}, doubled ${balance.doubled}, unacknowledged ${balance.unacknowledged}`,
  );
  for (const line of odd.slice(0, 20)) say(`odd: ${line}`);
  if (odd.length > 20) say(`odd: and ${odd.length - 20} more`);
  const isBalanced =
    balance.sent === balance.answered &&
    balance.unanswered + balance.answeredTwice + balance.lost + balance.doubled === 0 &&
    // What was not acknowledged belongs to calls that were told so.
    balance.unacknowledged <= late;
  const holds =
    isFlat &&
    isBalanced &&
    odd.length === 0 &&
    restarts === 0 &&
    leftProcesses.length + leftFiles.length === 0;
  say(`\nverdict: ${holds ? "holds" : "BROKEN"} (flat ${isFlat}, balanced ${isBalanced}, odd ${odd.length})`);
  return holds;
}

/** Least squares, per sample. */
function slopeOf(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const over = values.reduce((sum, value, index) => sum + (index - middle) * (value - mean), 0);
  const below = values.reduce((sum, _value, index) => sum + (index - middle) ** 2, 0);
  return below === 0 ? 0 : over / below;
}
