import { expect, it } from "vitest";
import type { CallSignal } from "../cells/call-signal.ts";
import { createInFlight } from "./in-flight.ts";

it("aborts what nobody waits for, also when they were gone before it began", async () => {
  const inFlight = createInFlight<string>();
  const untilAborted = (signal: CallSignal) =>
    new Promise<string>((resolve) => {
      if (signal.aborted) resolve("aborted");
      signal.addEventListener("abort", () => resolve("aborted"));
    });
  expect(await inFlight.join("a", AbortSignal.abort(), untilAborted)).toBe("aborted");
  const [one, other] = [new AbortController(), new AbortController()];
  const both = [inFlight.join("b", one.signal, untilAborted), inFlight.join("b", other.signal, untilAborted)];
  one.abort();
  other.abort();
  expect(await Promise.all(both)).toEqual(["aborted", "aborted"]);
});

it("goes on while one caller waits", async () => {
  const inFlight = createInFlight<string>();
  const { promise, resolve } = Promise.withResolvers<string>();
  const seen: AbortSignal[] = [];
  const start = (signal: CallSignal) => {
    seen.push(signal);
    return promise;
  };
  const waiting = inFlight.join("a", undefined, start);
  const gone = inFlight.join("a", AbortSignal.abort(), start);
  expect(seen.map(({ aborted }) => aborted)).toEqual([false]);
  resolve("done");
  expect(await Promise.all([waiting, gone])).toEqual(["done", "done"]);
});
