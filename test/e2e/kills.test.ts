import { expect, test } from "vitest";
import { runKills } from "../attack/kills-run.ts";

// `npm run attack` kills a hundred times, and judges how fast everything comes back.
const KILLS = 10;
const SEED = 20_260;

test(`kill -9 of cells and the runner, ${KILLS} times under load: one typed answer per call, nothing left behind`, async () => {
  const { kills, balance, odd, orphans, temporaries } = await runKills({
    kills: KILLS,
    seed: SEED,
    rate: 30,
  });
  expect(new Set(kills.map(({ victim }) => victim))).toContain("supervisor");
  expect(odd).toEqual([]);
  expect(balance).toMatchObject({
    answered: balance.sent,
    unanswered: 0,
    answeredTwice: 0,
    lost: 0,
    doubled: 0,
  });
  expect(balance.acknowledged.writes).toBeGreaterThan(0);
  expect(orphans).toBe(0);
  // The wall's own directory, while it runs.
  expect(temporaries.running).toBeLessThanOrEqual(1);
  expect(temporaries.ended).toBe(0);
});
