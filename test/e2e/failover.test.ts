import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { until } from "./deployment.ts";
import {
  installsOf,
  OK_CALLS,
  PLACES,
  startRunnerFleet,
  warm,
  type RunnerFleet,
  type RunnerProcess,
} from "./runner-fleet.ts";

const CLIENTS = 16;
let fleet: RunnerFleet;
let victim: RunnerProcess;
let survivor: RunnerProcess;
/** Installs of the victim: one has a warm cell on the survivor, too, one has not. */
let warmed: string;
let cold: string;
let others: readonly string[];

beforeAll(async () => {
  fleet = await startRunnerFleet(2);
  [victim, survivor] = fleet.runners as [RunnerProcess, RunnerProcess];
  const homes = await installsOf(fleet);
  [warmed, cold] = homes.get(victim) as [string, string];
  others = homes.get(survivor)?.slice(0, 2) ?? [];
  await fleet.know([survivor]);
  await warm(fleet, warmed);
  await fleet.know([survivor, victim]);
});

afterAll(() => fleet.close());

interface Done {
  readonly install: string;
  readonly path: string;
  readonly isEffect: boolean;
  readonly status: number;
  readonly body: { readonly error?: unknown; readonly requestId?: unknown };
  readonly startedAt: number;
  readonly endedAt: number;
}

/** Clients that call one install after the other without a pause; every third call changes something. */
function startLoad(installs: readonly string[]): { readonly done: readonly Done[]; stop(): Promise<void> } {
  const done: Done[] = [];
  const over = new AbortController();
  let next = 0;
  const client = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const at = next++;
      const install = installs[at % installs.length] ?? "";
      const isEffect = at % 3 === 2;
      const path = `/${isEffect ? "effects" : "reads"}/${at}`;
      const startedAt = performance.now();
      const answer = await fetch(`${fleet.baseUrl}/api/ext/${install}${path}`, {
        method: isEffect ? "POST" : "GET",
      });
      const text = await answer.text();
      const body = (answer.status === 200 ? {} : JSON.parse(text)) as Done["body"];
      const { status } = answer;
      done.push({ install, path, isEffect, status, body, startedAt, endedAt: performance.now() });
    }
  };
  const clients = Promise.all(Array.from({ length: CLIENTS }, client));
  return {
    done,
    async stop() {
      over.abort();
      await clients;
    },
  };
}

const statusOf = ({ url }: RunnerProcess) => fleet.invoker.runners().find((runner) => runner.url === url);

describe("one of two runners, killed with -9 under load", () => {
  test("fails what it had in flight and no more; the other takes over within a second; nothing happens twice", async () => {
    const load = startLoad([warmed, cold, ...others]);
    const before = await victim.metric(OK_CALLS);
    await until("calls on the victim", 20_000, async () => (await victim.metric(OK_CALLS)) > before + 50);
    const killedAt = performance.now();
    const inFlight = statusOf(victim)?.inFlight ?? 0;
    // What the machine makes of any call just now is no part of the move.
    const times = load.done.map(({ startedAt, endedAt }) => endedAt - startedAt).toSorted((a, b) => a - b);
    const usualMs = times[Math.floor(times.length / 2)] ?? 0;
    await victim.kill();
    const noticedAt = await until("the gateway to see that it is gone", 5_000, async () =>
      statusOf(victim)?.isUp === false ? performance.now() : null,
    );
    const movedMs = (install: string) =>
      until("an install of the victim on the survivor", 15_000, async () => {
        const first = load.done.find(
          (one) => one.install === install && one.startedAt > killedAt && one.status === 200,
        );
        return first !== undefined && first.endedAt - killedAt;
      });
    const [warmMs, coldMs] = await Promise.all([movedMs(warmed), movedMs(cold)]);

    await victim.start();
    const readyAt = performance.now();
    await until("calls on the victim", 15_000, async () => (await victim.metric(OK_CALLS)) > 0);
    const backMs = performance.now() - readyAt;
    await load.stop();

    const failed = load.done.filter(({ status }) => status !== 200);
    const effects = load.done.filter((one) => one.isEffect);
    const timesOf = ({ path }: Done): number => fleet.effects.get(path) ?? 0;
    const twice = effects.filter((one) => timesOf(one) > 1);
    process.stdout.write(
      `failover: ${load.done.length} calls; ${inFlight} in flight on the killed runner, ${failed.length} failed, ${failed.filter((one) => timesOf(one) > 0).length} of them after their effect; moved after ${warmMs.toFixed(0)} ms, without a warm cell ${coldMs.toFixed(0)} ms (a call before took ${usualMs.toFixed(0)} ms); calls again ${backMs.toFixed(0)} ms after it was ready; ${effects.length} effects, ${twice.length} twice\n`,
    );
    expect(inFlight).toBeGreaterThan(0);
    // In flight on it: calls of its installs that were under way when it died, or sent before anybody could know it had.
    const onVictim = load.done.filter(
      ({ install, startedAt, endedAt }) =>
        [warmed, cold].includes(install) && startedAt <= noticedAt && endedAt >= killedAt,
    );
    expect(failed.filter((one) => !onVictim.includes(one))).toEqual([]);
    expect(noticedAt - killedAt).toBeLessThan(1_000);
    for (const { status, body, isEffect } of failed) {
      expect([status, body.error, typeof body.requestId]).toEqual([502, "runner_crashed", "string"]);
      // What changes nothing was sent again.
      expect(isEffect).toBe(true);
    }
    expect(warmMs).toBeLessThan(1000 + usualMs);
    expect(twice).toEqual([]);
    expect(effects.filter((one) => one.status === 200 && timesOf(one) !== 1)).toEqual([]);
  });
});

describe("a client that goes away", () => {
  test("G14: its call is cancelled at the runner within a second, and its place is free", async () => {
    const inFlight = (runner: RunnerProcess) => runner.metric("alga_runner_calls_in_flight");
    await until("its runner to have the install back", 5000, async () => {
      const before = await victim.metric(OK_CALLS);
      await warm(fleet, warmed);
      return (await victim.metric(OK_CALLS)) > before;
    });
    const callsElsewhere = await survivor.metric(OK_CALLS);
    const client = new AbortController();
    // As many as may run at once: whoever comes after them finds no place.
    const looping = Array.from({ length: PLACES }, () =>
      fetch(`${fleet.baseUrl}/api/ext/${warmed}/loop`, { signal: client.signal }).catch(() => "gone"),
    );
    await until("the loops", 10_000, async () => (await inFlight(victim)) === PLACES);
    const leftAt = performance.now();
    client.abort();
    await until("an idle runner", 5000, async () => (await inFlight(victim)) === 0);
    const freeMs = performance.now() - leftAt;
    expect(await Promise.all(looping)).toEqual(looping.map(() => "gone"));
    expect((await fetch(`${fleet.baseUrl}/api/ext/${warmed}/reads/after`)).status).toBe(200);
    const nextMs = performance.now() - leftAt;
    process.stdout.write(
      `G14: ${PLACES} calls cancelled after ${freeMs.toFixed(0)} ms, the next one answered after ${nextMs.toFixed(0)} ms\n`,
    );
    expect(freeMs).toBeLessThan(1000);
    // Nobody else was asked to loop.
    expect([await inFlight(survivor), await survivor.metric(OK_CALLS)]).toEqual([0, callsElsewhere]);
  });
});
