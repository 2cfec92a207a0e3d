import { describe, expect, it } from "vitest";
import type { ContextHost } from "./context-host.ts";
import { createPump, type Pump } from "./pump.ts";

/** A cell whose event loop and clock are turned by hand. */
function setUp() {
  const turns: (() => void)[] = [];
  const log: string[] = [];
  const time = { now: 0 };
  const host = {
    clock: () => time.now,
    later: (callback: () => void) => void turns.push(callback),
  } as Partial<ContextHost> as ContextHost;
  const pump: Pump = createPump(host, { send: () => undefined, flush: () => void log.push("flush") });
  return {
    pump,
    log,
    time,
    /** Run what microtasks and one turn of the event loop have to do. */
    async turn() {
      for (let count = 0; count < 50; count++) await Promise.resolve();
      for (const callback of turns.splice(0)) {
        callback();
        for (let count = 0; count < 50; count++) await Promise.resolve();
      }
    },
  };
}

describe("the pump", () => {
  it("runs one guest at a time, in order, and flushes when it looks at the pipe", async () => {
    const { pump, log, turn, time } = setUp();
    for (const name of ["a", "b", "c"]) {
      pump.enqueue(() => {
        log.push(name);
        time.now += 1.5;
        pump.release();
      });
    }
    for (let count = 0; count < 5; count++) await turn();
    expect(log.filter((entry) => entry !== "flush")).toEqual(["a", "b", "c"]);
    expect(log.at(-1)).toBe("flush");
    expect(log.slice(0, log.indexOf("c"))).toContain("flush");
  });

  it("does not wait for a guest that waits for something else", async () => {
    const { pump, log, turn } = setUp();
    pump.enqueue(() => void log.push("never releases"));
    pump.enqueue(() => {
      log.push("next");
      pump.release();
    });
    for (let count = 0; count < 3; count++) await turn();
    expect(log).toContain("next");
  });

  it("lets short calls pass a long one, which still gets its slices", async () => {
    const { pump, log, turn, time } = setUp();
    const slice = () => {
      log.push("slice");
      time.now += 2;
      pump.yield(slice);
    };
    const short = () => {
      log.push("short");
      time.now += 1;
      pump.release();
      pump.enqueue(short);
    };
    pump.enqueue(slice);
    pump.enqueue(short);
    for (let count = 0; count < 100; count++) await turn();
    const slices = log.filter((entry) => entry === "slice").length;
    const shorts = log.filter((entry) => entry === "short").length;
    expect(slices).toBeGreaterThan(5);
    expect(shorts).toBeGreaterThan(slices * 4);
  });

  it("lets one whose time is over run before others", async () => {
    const { pump, log, turn } = setUp();
    const over = () => {
      log.push("over");
      pump.release();
    };
    pump.enqueue(() => {
      pump.enqueue(() => {
        log.push("short");
        pump.release();
      });
      pump.yield(over);
      pump.hurry(over);
      pump.hurry(over);
    });
    for (let count = 0; count < 5; count++) await turn();
    expect(log.filter((entry) => entry !== "flush")).toEqual(["over", "short"]);
  });

  it("does what can wait when nothing else wants to run, and only then", async () => {
    const { pump, log, turn } = setUp();
    pump.whenIdle(() => void log.push("later"));
    pump.enqueue(() => {
      log.push("first");
      pump.release();
      pump.enqueue(() => {
        log.push("second");
        pump.release();
      });
    });
    for (let count = 0; count < 5; count++) await turn();
    expect(log.filter((entry) => entry !== "flush")).toEqual(["first", "second", "later"]);
  });

  it("takes back what has not run", async () => {
    const { pump, log, turn } = setUp();
    const late = () => void log.push("late");
    pump.enqueue(late);
    expect(pump.remove(late)).toBe(true);
    expect(pump.remove(late)).toBe(false);
    await turn();
    expect(log).not.toContain("late");
  });
});
