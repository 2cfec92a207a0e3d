/**
 * `node test/attack/soak.ts [minutes=24] [rate=100]`: a gateway and a runner under steady load, one call in a hundred
 * hostile. Looks every second and prints a line every minute (in short runs every ten seconds); at the end a table with
 * a verdict for everything that could leak and for the books. The exit code is the verdict.
 */
import { readdirSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { descendants, rssBytes } from "./machine.ts";
import { followCells } from "./soak-cells.ts";
import { survivors } from "./soak-survivors.ts";
import { createLedger, type Effect } from "./soak-ledger.ts";
import { judge, type Look } from "./soak-verdict.ts";
import { HOSTILE_TENANT, leftovers, openStand, type Place } from "./soak-stand.ts";

const [minutes = 24, rate = 100] = process.argv.slice(2).map(Number);

const MIB = 1024 * 1024;
const TENANTS = 3;
const LOOK_MS = 1_000;
/** One call in so many is hostile. */
const HOSTILE_EVERY = 100;
/** Installs rest now and then, so that cells end and start all the time. */
const IDLE_MS = 8_000;
const RARE_EVERY = 900;
/** Calls at once: on a machine with less time than the rate asks for, later ones are held back, not timed out. */
const MAX_OPEN = 48;
/**
 * Honest calls of each install of the worker before the clock runs, one at a time: so many until its cell has compiled
 * what it will and has its size (83 MiB after 600, 91 after 5,000, 96 after 30,000, 97 after 110,000). Fewer before a
 * shorter soak.
 */
const RUN_IN_CALLS = 20_000 * Math.min(1, minutes / 24);
/** A pause of this process that only the machine can have made. */
const STANDSTILL_MS = 1_000;

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
    // In turn, so that neither rests; who begins changes with the round, so that both commit every sin.
    const round = Math.floor(nth / (HOSTILE.length + 1));
    return make(pick(hostile, nth + round), pick(HOSTILE, nth));
  }
  if (turn % RARE_EVERY === 1) {
    const nth = Math.floor(turn / RARE_EVERY);
    return make(pick(rare, nth), pick(HONEST, nth));
  }
  return make(pick(busy, turn), pick(HONEST, Math.floor(turn / busy.length)));
}

async function runIn(): Promise<void> {
  const started = performance.now();
  const places = [...busy, ...hostile];
  await Promise.all(
    places.map(async (place) => {
      for (let nth = 0; nth < RUN_IN_CALLS; nth += 1)
        // oxlint-disable-next-line no-await-in-loop -- one at a time
        await make(place, HONEST[nth % HONEST.length] as Deed);
    }),
  );
  latencies.length = 0;
  say(`run in: ${ledger.sent} calls in ${((performance.now() - started) / 1000).toFixed(0)} s`);
}

const cells = followCells(() => stand.runnerPid);
const looks: Look[] = [];
async function look(): Promise<void> {
  const metrics = await stand.metrics();
  const at = performance.now();
  const pid = stand.runnerPid;
  // Between its death and its next start there is nothing to look at; a death is a verdict of its own.
  if (pid === null) return;
  cells.look(at);
  looks.push({
    at,
    supervisorMib: rssBytes(pid) / MIB,
    // What the engine takes for itself by what survives in a busy moment, and resident memory follows.
    youngMib: (metrics.get('nodejs_heap_space_size_total_bytes{space="new"}') ?? 0) / MIB,
    oldMib: (metrics.get('nodejs_heap_space_size_total_bytes{space="old"}') ?? 0) / MIB,
    cells: cells.now.count,
    cellsMib: cells.now.mib,
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
    processes: descendants(pid).length,
    temporaries: leftovers(stand).length,
    gatewayMib: process.memoryUsage.rss() / MIB,
    open: ledger.open,
  });
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

const COLUMNS = [
  "supervisorMib",
  "youngMib",
  "oldMib",
  "cells",
  "cellsMib",
  "descriptors",
  "processes",
  "temporaries",
  "gatewayMib",
  "open",
] as const;
function sayProgress(seconds: number): void {
  const since = looks.slice(-Math.ceil(sayMs / LOOK_MS));
  const mean = (name: (typeof COLUMNS)[number]) =>
    since.reduce((sum, one) => sum + one[name], 0) / Math.max(1, since.length);
  say(
    `${seconds.toFixed(0).padStart(7)}${COLUMNS.map((name) => mean(name).toFixed(1).padStart(14)).join("")}${[ledger.sent, late, odd.length].map((count) => String(count).padStart(8)).join("")}`,
  );
}

const sayMs = minutes > 6 ? 60_000 : 10_000;
say(
  `soak: ${minutes} min at ${rate}/s, ${busy.length} busy installs, ${hostile.length + stand.crashers.length} hostile, ${rare.length} rare; runner ${stand.runnerPid}`,
);
say(
  `${"second".padStart(7)}${COLUMNS.map((name) => name.padStart(14)).join("")}${["sent", "late", "odd"].map((name) => name.padStart(8)).join("")}`,
);
await runIn();
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
let saidAt = startedAt;
while (performance.now() < endsAt) {
  await delay(Math.min(LOOK_MS, Math.max(1, endsAt - performance.now())));
  await look();
  const now = performance.now();
  if (now - saidAt < sayMs && now < endsAt) continue;
  saidAt = now;
  sayProgress((now - startedAt) / 1000);
}
clearInterval(ticking);
await Promise.all(under);
const restarts = stand.starts - 1;
const last = descendants(stand.runnerPid ?? 0);
const leftFiles = await stand.close();
const leftProcesses = await survivors(last);
const { isSound, lines } = judge({
  looks,
  cells,
  busyCells: busy.length,
  balance: ledger.balance(stand.effects),
  latencies,
  odd,
  late,
  inRubble,
  calls: { asked: Math.floor((minutes * 60 - stoodStillMs / 1000) * rate), heldBack },
  stoodStillMs,
  restarts,
  left: { processes: leftProcesses.length, files: leftFiles.length },
});
for (const line of lines) say(line);
process.exitCode = isSound ? 0 : 1;
