import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { watchRunner, type RunnerWatch } from "./runner-watch.ts";

const EVERY_MS = 1000;
let answer: (signal: AbortSignal) => Promise<boolean>;
let looks: number;
let changes: boolean[];
let watch: RunnerWatch;

const silence = (signal: AbortSignal): Promise<boolean> =>
  new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(new Error("no answer")), { once: true });
  });
const refusal = (): Promise<boolean> => Promise.reject(new Error("refused"));
const ready = async (): Promise<boolean> => true;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  // The platform's own timeouts do not follow fake timers.
  vi.spyOn(AbortSignal, "timeout").mockImplementation((ms) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error("timeout")), ms);
    return controller.signal;
  });
  answer = ready;
  looks = 0;
  changes = [];
  watch = watchRunner(
    {
      isReady: (signal) => {
        looks += 1;
        return answer(signal);
      },
    },
    { probeEveryMs: EVERY_MS, probeTimeoutMs: 500 },
    (isUp) => changes.push(isUp),
  );
});

afterEach(() => {
  watch.close();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe("watchRunner", () => {
  test("looks at a runner in rotation every interval, and leaves it there", async () => {
    await pass(3 * EVERY_MS);
    expect([looks, watch.isUp, changes]).toEqual([3, true, []]);
  });

  test("takes out one that refuses or says it is not ready at the first look", async () => {
    answer = refusal;
    await pass(EVERY_MS);
    expect(watch.isUp).toBe(false);
    answer = ready;
    await pass(EVERY_MS);
    answer = async () => false;
    await pass(EVERY_MS);
    expect(changes).toEqual([false, true, false]);
  });

  test("forgives one silence, and not two in a row", async () => {
    answer = silence;
    await pass(EVERY_MS + 500);
    expect(watch.isUp).toBe(true);
    answer = ready;
    await pass(EVERY_MS);
    answer = silence;
    await pass(EVERY_MS + 500);
    expect(watch.isUp).toBe(true);
    await pass(EVERY_MS + 500);
    expect(watch.isUp).toBe(false);
  });

  test("an ejected runner is out at once and back with the first good look", async () => {
    watch.eject();
    expect(watch.isUp).toBe(false);
    await pass(100);
    expect([looks, watch.isUp, changes]).toEqual([1, true, [false, true]]);
  });

  test("looks less and less often at one that stays away, at least every second", async () => {
    answer = refusal;
    watch.eject();
    await pass(100 + 200 + 400 + 800 + 1000);
    expect(looks).toBe(5);
    await pass(1000);
    expect(looks).toBe(6);
    await pass(1000);
    expect(looks).toBe(7);
  });

  test("one that keeps falling over comes back later each time, until it has been steady", async () => {
    watch.eject();
    await pass(100);
    expect(watch.isUp).toBe(true);
    await pass(5000);
    watch.eject();
    await pass(199);
    expect(watch.isUp).toBe(false);
    await pass(1);
    expect(watch.isUp).toBe(true);
    await pass(11_000);
    watch.eject();
    await pass(100);
    expect(watch.isUp).toBe(true);
  });

  test("a suspicion is looked into at once, by one look for all who have it", async () => {
    let settle = (_isReady: boolean): void => {};
    answer = () => new Promise((resolve) => (settle = resolve));
    watch.suspect();
    watch.suspect();
    expect(looks).toBe(1);
    settle(false);
    await pass(0);
    expect(watch.isUp).toBe(false);
  });

  test("closed, it looks no more", async () => {
    watch.close();
    await pass(10 * EVERY_MS);
    watch.suspect();
    expect(looks).toBe(0);
  });

  test("keeps no process alive", () => {
    vi.useRealTimers();
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    const before = timers();
    const other = watchRunner({ isReady: ready }, { probeEveryMs: EVERY_MS, probeTimeoutMs: 500 }, () => {});
    expect(timers()).toBe(before);
    other.close();
  });
});
