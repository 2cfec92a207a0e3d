import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createWaitingRoom } from "./waiting-room.ts";

const { signal } = new AbortController();

describe("createWaitingRoom", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** Have calls wait; who has had a turn, and who has left without. */
  function setUp(count: number, { atOnce = 10, lastsMs = 10_000 } = {}) {
    const room = createWaitingRoom({ tryEveryMs: 100, atOnce });
    const went: number[] = [];
    const left: number[] = [];
    const wait = async (one: number, own = signal) => {
      const hasTurn = await room.turn({ untilMs: performance.now() + lastsMs, signal: own });
      (hasTurn ? went : left).push(one);
    };
    const all = Array.from({ length: count }, (_, one) => wait(one));
    return { room, went, left, wait, all };
  }

  test("lets one try every now and then, who waits longest first", async () => {
    const { went, all } = setUp(3);
    await vi.advanceTimersByTimeAsync(74);
    expect(went).toEqual([]);
    await vi.advanceTimersByTimeAsync(51);
    expect(went).toEqual([0]);
    await vi.advanceTimersByTimeAsync(250);
    await Promise.all(all);
    expect(went).toEqual([0, 1, 2]);
  });

  test("opens to as many at a time as a runner takes, however often it is heard of", async () => {
    const { room, went, all } = setUp(25);
    for (let answer = 0; answer < 20; answer += 1) room.open();
    await vi.advanceTimersByTimeAsync(0);
    expect(went).toEqual(Array.from({ length: 10 }, (_, one) => one));
    await vi.advanceTimersByTimeAsync(125);
    room.open();
    expect(went).toHaveLength(20);
    await vi.advanceTimersByTimeAsync(125);
    await Promise.all(all);
    expect(went).toHaveLength(25);
    await vi.advanceTimersByTimeAsync(125);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("is closed by who was refused", async () => {
    const { room, went, wait, all } = setUp(25);
    room.open();
    const refused = wait(25);
    await vi.advanceTimersByTimeAsync(125);
    expect(went).toHaveLength(11);
    room.open();
    await vi.advanceTimersByTimeAsync(125);
    await Promise.all([...all, refused]);
    expect(went.at(-1)).toBe(25);
  });

  test("waits for as long as a clock can, and not at all for what is over", async () => {
    const { went, left, all } = setUp(2, { lastsMs: Infinity });
    const { left: over, all: late } = setUp(1, { lastsMs: -1 });
    await Promise.all(late);
    expect(over).toEqual([0]);
    await vi.advanceTimersByTimeAsync(250);
    await Promise.all(all);
    expect([went, left]).toEqual([[0, 1], []]);
  });

  test("lets nobody wait for longer than they want, nor once they gave up", async () => {
    const { went, left, wait, room } = setUp(1, { lastsMs: 60 });
    const controller = new AbortController();
    const aborted = wait(1, controller.signal);
    const tooLate = wait(2, AbortSignal.abort());
    await vi.advanceTimersByTimeAsync(10);
    expect(left).toEqual([2]);
    controller.abort();
    await Promise.all([aborted, tooLate]);
    expect(left).toEqual([2, 1]);
    await vi.advanceTimersByTimeAsync(50);
    expect([went, left]).toEqual([[], [2, 1, 0]]);
    room.open();
    await vi.advanceTimersByTimeAsync(1_000);
    expect([went.length, left.length, vi.getTimerCount()]).toEqual([0, 3, 0]);
  });
});

test("keeps its clock in real time, too", async () => {
  const room = createWaitingRoom({ tryEveryMs: 10, atOnce: 1 });
  const first = room.turn({ untilMs: performance.now() + 5_000, signal });
  expect(await Promise.race([first, delay(4_000, "late")])).toBe(true);
});
