import * as fc from "fast-check";
import { expect, test } from "vitest";
import { isLinearizable, type KeyAnswer, type KeyCall, type KeyOperation } from "./linearizable.ts";

const at = (start: number, end: number, call: KeyCall, answer: KeyAnswer): KeyOperation => {
  return { start, end, call, answer };
};
const GET: KeyCall = { kind: "get" };
const put = (value: number, ifRevision?: number): KeyCall => {
  return { kind: "put", value, ...(ifRevision === undefined ? {} : { ifRevision }) };
};
const stored = (revision: number): KeyAnswer => ({ kind: "stored", revision });
const record = (revision: number, value: number): KeyAnswer => ({ kind: "record", revision, value });

test("a read that overlaps a write may see it or not; one that follows it must", () => {
  const write = at(1, 4, put(7), stored(1));
  expect(isLinearizable([write, at(2, 3, GET, { kind: "missing" })])).toBe(true);
  expect(isLinearizable([write, at(2, 3, GET, record(1, 7))])).toBe(true);
  expect(isLinearizable([write, at(5, 6, GET, record(1, 7))])).toBe(true);
  expect(isLinearizable([write, at(5, 6, GET, { kind: "missing" })])).toBe(false);
  expect(isLinearizable([write, at(2, 3, GET, record(1, 8))])).toBe(false);
});

test("what one read has seen, a later one cannot unsee", () => {
  const write = at(1, 9, put(7), stored(1));
  const seen = at(2, 3, GET, record(1, 7));
  expect(isLinearizable([write, seen, at(4, 5, GET, { kind: "missing" })])).toBe(false);
  expect(isLinearizable([write, at(2, 3, GET, { kind: "missing" }), at(4, 5, GET, record(1, 7))])).toBe(true);
});

test("two compare-and-sets of one revision cannot both win", () => {
  const first = at(0, 1, put(0), stored(1));
  const one = at(2, 5, put(1, 1), stored(2));
  expect(isLinearizable([first, one, at(2, 5, put(2, 1), { kind: "mismatch", actual: 2 })])).toBe(true);
  expect(isLinearizable([first, one, at(2, 5, put(2, 1), stored(2))])).toBe(false);
  expect(
    isLinearizable([
      first,
      one,
      at(2, 5, { kind: "delete", ifRevision: 1 }, { kind: "deleted", success: true }),
    ]),
  ).toBe(false);
});

test("a write without answer may have happened, at any time after it was sent, or not", () => {
  const lost = at(1, 1, put(7), { kind: "unknown" });
  expect(isLinearizable([lost, at(2, 3, GET, { kind: "missing" }), at(4, 5, GET, record(1, 7))])).toBe(true);
  expect(isLinearizable([lost, at(2, 3, GET, { kind: "missing" })])).toBe(true);
  expect(isLinearizable([lost, at(2, 3, GET, record(1, 7)), at(4, 5, GET, { kind: "missing" })])).toBe(false);
  expect(isLinearizable([lost, at(2, 3, GET, record(2, 7))])).toBe(false);
});

test("answers given one by one are linearizable however their intervals are stretched; a changed answer is not", () => {
  const call = fc.oneof(
    fc.constant(GET),
    fc.record({ kind: fc.constant("put" as const), value: fc.integer({ min: 0, max: 9 }) }),
    fc.record({
      kind: fc.constant("put" as const),
      value: fc.integer({ min: 0, max: 9 }),
      ifRevision: fc.integer({ min: 1, max: 4 }),
    }),
    fc.record({ kind: fc.constant("delete" as const) }),
  );
  const step = fc.record({ call, before: fc.nat(3), after: fc.nat(3) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      let state: { revision: number; value: number } | null = null;
      const history = steps.map(({ call: asked, before, after }, index): KeyOperation => {
        let answer: KeyAnswer;
        if (asked.kind === "get")
          answer = state === null ? { kind: "missing" } : record(state.revision, state.value);
        else if (asked.kind === "delete") {
          answer = { kind: "deleted", success: state !== null };
          state = null;
        } else if ("ifRevision" in asked && asked.ifRevision !== state?.revision) {
          answer = { kind: "mismatch", actual: state?.revision ?? null };
        } else {
          state = { revision: (state?.revision ?? 0) + 1, value: asked.value };
          answer = stored(state.revision);
        }
        return at(index * 10 - before * 10, index * 10 + 1 + after * 10, asked, answer);
      });
      expect(isLinearizable(history)).toBe(true);
      const last = at(1000, 1001, GET, record(99, 99));
      expect(isLinearizable([...history, last])).toBe(false);
    }),
  );
});
