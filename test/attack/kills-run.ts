import { setTimeout as delay } from "node:timers/promises";
import { descendants } from "./machine.ts";
import { createLedger, type Balance, type Effect } from "./soak-ledger.ts";
import { leftovers, openStand, type Place } from "./soak-stand.ts";
import { survivors } from "./soak-survivors.ts";

/** Who is killed: one process below the runner, all of them at once, or the runner itself. */
export type Victim = "one cell" | "all cells" | "supervisor";

/** One kill and how long every install took to answer a call that was made after it. */
export interface Kill {
  readonly victim: Victim;
  readonly recoveryMs: number;
}

/** What came of it. */
export interface KillReport {
  readonly seed: number;
  readonly kills: readonly Kill[];
  readonly balance: Balance;
  /** Answers that no caller should see. */
  readonly odd: readonly string[];
  /** Processes that outlived the runner they belonged to. */
  readonly orphans: number;
  /** Entries of the runner's temporary directory before and after its orderly end. */
  readonly temporaries: { readonly running: number; readonly ended: number };
}

/** Options of {@link runKills}. */
export interface KillOptions {
  readonly kills: number;
  readonly seed: number;
  /** Calls per second meanwhile. @default 60 */
  readonly rate?: number;
  /** @default 2, and the stand's hostile one, which behaves here */
  readonly tenants?: number;
}

/** Effects are asked for by POST: a GET may be sent a second time when its runner is gone. */
const DEEDS: readonly (readonly [path: string, method: "GET" | "POST", effect: Effect])[] = [
  ["/read", "GET", "none"],
  ["/write", "POST", "write"],
  ["/fetch", "POST", "hit"],
];
/** What a caller may be told, with its status, when processes die under it. */
const TYPED: Readonly<Record<string, number>> = {
  runner_crashed: 502,
  runner_unreachable: 502,
  not_admitted: 503,
  overloaded: 503,
  deadline_exceeded: 504,
};
const LONGEST_PAUSE_MS = 250;
const SUPERVISOR_SHARE = 0.25;
const ALL_SHARE = 0.15;
const GIVE_UP_MS = 60_000;
const RETRY_MS = 10;
/** Calls of the load at once: a machine with no time for its rate is not to be buried besides. */
const MAX_OPEN = 24;

/** `kill -9` again and again at random instants under load; every caller keeps its books. */
export async function runKills({ kills, seed, rate = 60, tenants = 2 }: KillOptions): Promise<KillReport> {
  const random = randomOf(seed);
  const stand = await openStand({ tenants });
  const ledger = createLedger();
  const odd: string[] = [];
  const under = new Set<Promise<boolean>>();
  const done: Kill[] = [];
  let orphans = 0;

  const make = async (place: Place, nth: number): Promise<boolean> => {
    const [path, method, effect] = DEEDS[nth % DEEDS.length] as (typeof DEEDS)[number];
    const id = ledger.send(path.slice(1), effect);
    const { status, code, text } = await stand.call(place, method, `${path}?id=${id}`);
    const isGuests = code === null && status === 200 && text.startsWith(`1 ${id} `);
    ledger.answer(
      id,
      isGuests ? "ok" : (code ?? `status ${status}`),
      isGuests && text.startsWith(`1 ${id} {"ok":`),
    );
    if (!isGuests && (code === null || TYPED[code] !== status))
      odd.push(`${id} ${path} ${status} ${text.slice(0, 200)}`);
    return isGuests;
  };
  const recovered = async (place: Place): Promise<void> => {
    const giveUpAt = performance.now() + GIVE_UP_MS;
    while (!(await make(place, 0))) {
      if (performance.now() > giveUpAt)
        throw new Error(`${place.tenant} ${place.extension} does not come back.`);
      // Callers that ask without a pause take the processor from what they wait for.
      await delay(RETRY_MS);
    }
  };

  try {
    await stand.warm();
    let nth = 0;
    const load = setInterval(() => {
      if (under.size >= MAX_OPEN) return;
      const call = make(
        stand.workers[nth % stand.workers.length] as Place,
        Math.floor(nth / stand.workers.length),
      );
      nth += 1;
      under.add(call);
      void call.finally(() => under.delete(call));
    }, 1000 / rate);
    try {
      while (done.length < kills) {
        await delay(random() * LONGEST_PAUSE_MS);
        const runner = stand.runnerPid;
        if (runner === null) throw new Error("The runner ended by itself.");
        const below = descendants(runner);
        const dice = random();
        const victim: Victim =
          dice < SUPERVISOR_SHARE
            ? "supervisor"
            : dice < SUPERVISOR_SHARE + ALL_SHARE
              ? "all cells"
              : "one cell";
        const pids =
          victim === "supervisor"
            ? [runner]
            : victim === "all cells"
              ? below
              : [below[Math.floor(random() * below.length)] as number];
        const started = performance.now();
        for (const pid of pids) kill(pid);
        await Promise.all(stand.workers.map(recovered));
        done.push({ victim, recoveryMs: performance.now() - started });
        if (victim === "supervisor") orphans += (await survivors([runner, ...below])).length;
      }
    } finally {
      clearInterval(load);
      await Promise.all(under);
    }
    const last = descendants(stand.runnerPid ?? 0);
    const running = leftovers(stand).length;
    const balance = ledger.balance(stand.effects);
    const ended = (await stand.close()).length;
    orphans += (await survivors(last)).length;
    return { seed, kills: done, balance, odd, orphans, temporaries: { running, ended } };
  } catch (error) {
    await stand.close();
    throw error;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended between the look and the shot.
  }
}

/** Mulberry32: the same instants for the same seed, as far as the machine allows. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
