import { PGlite } from "@electric-sql/pglite";
import { fromPglite, PgBoss, TestClock } from "pg-boss";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { emptyPglite } from "../testing/kit/empty-pglite.ts";
import { createPgBossQueue } from "./pg-boss.ts";

const START = Date.parse("2026-01-01T00:00:10.000Z");
const SECOND = 1_000;

describe("a delivery queue on pg-boss", () => {
  let pglite: PGlite;
  let clock: TestClock;
  let boss: PgBoss;
  let round = 0;

  beforeAll(async () => {
    pglite = await PGlite.create(await emptyPglite());
  }, 120_000);
  afterAll(() => pglite.close());
  beforeEach(async () => {
    clock = new TestClock(START);
    // A schema for each test, so that no job is left from the one before.
    round += 1;
    boss = new PgBoss({ db: fromPglite(pglite), backend: "pglite", schema: `boss_${round}`, clock });
    boss.on("error", (error) => {
      throw error;
    });
    await boss.start();
  });
  afterEach(() => boss.stop({ graceful: false }));

  /** Notes when it is called, in seconds since the start. */
  const createLook = () => {
    const calls: number[] = [];
    return Object.assign(() => void calls.push((clock.now() - START) / SECOND), { calls });
  };
  const tickUntil = async (isDone: () => boolean): Promise<void> => {
    while (!isDone()) {
      await clock.tick(SECOND / 2);
      // Handlers run beside the clock.
      await new Promise<void>((resolve) => void setImmediate(resolve));
    }
  };

  test("a wake-up is heard, and many of them as one", async () => {
    const queue = createPgBossQueue(boss);
    const look = createLook();
    await Promise.all(Array.from({ length: 20 }, () => queue.wake()));
    await queue.listen(look);
    await tickUntil(() => clock.now() >= START + 10 * SECOND);
    expect(look.calls).toHaveLength(1);
    await queue.wake();
    await tickUntil(() => look.calls.length === 2);
    expect(look.calls[1]).toBeLessThan(15);
  });

  test("a wake-up for later is heard then, and not before", async () => {
    const queue = createPgBossQueue(boss);
    const look = createLook();
    await queue.listen(look);
    await Promise.all([queue.wake(START + 20_300), queue.wake(START + 20_900), queue.wake(START + 25_000)]);
    await tickUntil(() => clock.now() >= START + 29 * SECOND);
    expect(look.calls.map(Math.floor)).toEqual([
      expect.toBeOneOf([21, 22, 23]),
      expect.toBeOneOf([25, 26, 27]),
    ]);
  });

  test("without any wake-up somebody looks once a minute", async () => {
    const queue = createPgBossQueue(boss);
    const look = createLook();
    await queue.listen(look);
    await tickUntil(() => clock.now() >= START + 300 * SECOND);
    expect(look.calls.length).toBeGreaterThanOrEqual(4);
    expect(look.calls.length).toBeLessThanOrEqual(6);
  });

  test("of several who listen one hears, and who stopped hears nothing", async () => {
    const queue = createPgBossQueue(boss);
    const [one, other] = [createLook(), createLook()];
    const listening = await queue.listen(one);
    await queue.listen(other);
    await queue.wake();
    await tickUntil(() => clock.now() >= START + 5 * SECOND);
    expect(one.calls.length + other.calls.length).toBe(1);
    await listening.stop();
    const before = one.calls.length;
    for (let n = 1; n <= 3; n += 1) {
      const heard = other.calls.length;
      await queue.wake();
      await tickUntil(() => other.calls.length > heard);
    }
    expect(one.calls).toHaveLength(before);
  });

  test("who wakes before anyone created the queue creates it, and a refusal is passed on once", async () => {
    let refusals = 1;
    const flaky = createPgBossQueue({
      createQueue: (name, options) =>
        refusals-- > 0 ? Promise.reject(new Error("no database")) : boss.createQueue(name, options),
      send: boss.send.bind(boss),
      work: boss.work.bind(boss),
      offWork: boss.offWork.bind(boss),
      schedule: boss.schedule.bind(boss),
    });
    await expect(flaky.wake()).rejects.toThrow();
    await flaky.wake();
    const look = createLook();
    await flaky.listen(look);
    await tickUntil(() => look.calls.length === 1);
  });
});
