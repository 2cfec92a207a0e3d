import { expect, it } from "vitest";
import type { CallSignal } from "../cells/call-signal.ts";
import { createInFlight } from "./in-flight.ts";

it("aborts what nobody waits for, also when they were gone before it began", async () => {
  const inFlight = createInFlight<null, string>(() => true);
  const untilAborted = (signal: CallSignal) =>
    new Promise<string>((resolve) => {
      if (signal.aborted) resolve("aborted");
      signal.addEventListener("abort", () => resolve("aborted"));
    });
  expect(await inFlight.join({ key: "a", intent: null, signal: AbortSignal.abort() }, untilAborted)).toBe(
    "aborted",
  );
  const [one, other] = [new AbortController(), new AbortController()];
  const both = [
    inFlight.join({ key: "b", intent: null, signal: one.signal }, untilAborted),
    inFlight.join({ key: "b", intent: null, signal: other.signal }, untilAborted),
  ];
  one.abort();
  other.abort();
  expect(await Promise.all(both)).toEqual(["aborted", "aborted"]);
});

it("goes on while one caller waits", async () => {
  const inFlight = createInFlight<null, string>(() => true);
  const { promise, resolve } = Promise.withResolvers<string>();
  const seen: CallSignal[] = [];
  const start = (signal: CallSignal) => {
    seen.push(signal);
    return promise;
  };
  const waiting = inFlight.join({ key: "a", intent: null, signal: undefined }, start);
  const gone = inFlight.join({ key: "a", intent: null, signal: AbortSignal.abort() }, start);
  expect(seen.map(({ aborted }) => aborted)).toEqual([false]);
  resolve("done");
  expect(await Promise.all([waiting, gone])).toEqual(["done", "done"]);
});

it("shares a key only between those who mean the same, and forgets both", async () => {
  const asked: string[][] = [];
  const inFlight = createInFlight<string, string>((one, other) => {
    asked.push([one, other]);
    return one === other;
  });
  const join = (intent: string) =>
    inFlight.join({ key: "a", intent, signal: undefined }, () => Promise.resolve(`${intent} ${started++}`));
  let started = 0;
  expect(await Promise.all([join("x"), join("y"), join("x"), join("y")])).toEqual([
    "x 0",
    "y 1",
    "x 0",
    "y 1",
  ]);
  asked.length = 0;
  expect(await join("y")).toBe("y 2");
  expect(asked).toEqual([]);
});
