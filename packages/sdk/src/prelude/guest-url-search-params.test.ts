import * as fc from "fast-check";
import { expect, test } from "vitest";
import { GuestURLSearchParams } from "./guest-url-search-params.ts";

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 6 }),
  fc.constantFrom("a", "b", "+", "%", "%41", "%e2%82", "%zz", "&", "=", " ", "é", "\ud800", "\ufeff"),
);

test("parses and serialises as Node does", () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 8 }), (pieces) => {
      const query = pieces.join("");
      // Node decodes malformed triplets beside raw text outside ASCII as Latin-1.
      // oxlint-disable-next-line no-control-regex -- ASCII is the point
      fc.pre(!query.includes("%") || /^[\x00-\x7f]*$/.test(query));
      const ours = new GuestURLSearchParams(query);
      const theirs = new URLSearchParams(query);
      expect([...ours]).toEqual([...theirs]);
      expect(ours.toString()).toBe(theirs.toString());
      expect(ours.size).toBe(theirs.size);
    }),
    { numRuns: 3000 },
  );
});

test("takes pairs, records and other params", () => {
  const pairs: [string, string][] = [
    ["a", "1"],
    ["a", "2"],
    ["ü", "&="],
  ];
  expect([...new GuestURLSearchParams(pairs)]).toEqual(pairs);
  expect([...new GuestURLSearchParams(new GuestURLSearchParams(pairs))]).toEqual(pairs);
  expect(new GuestURLSearchParams({ a: "1", b: "x y" }).toString()).toBe("a=1&b=x+y");
  expect(() => new GuestURLSearchParams([["a"]])).toThrow(TypeError);
});

test("changes as Node does", () => {
  const name = fc.constantFrom("a", "b", "c", "\ud800", "é");
  const step = fc.oneof(
    fc.record({ op: fc.constant("append" as const), name, value: text }),
    fc.record({ op: fc.constant("set" as const), name, value: text }),
    fc.record({ op: fc.constant("delete" as const), name, value: fc.option(text, { nil: undefined }) }),
    fc.record({ op: fc.constant("sort" as const), name, value: text }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const ours = new GuestURLSearchParams("a=1&b=2&a=3");
      const theirs = new URLSearchParams("a=1&b=2&a=3");
      for (const params of [ours, theirs] as const) {
        for (const { op, name: key, value } of steps) {
          if (op === "sort") params.sort();
          else if (op === "delete") params.delete(key, value);
          else params[op](key, value);
        }
      }
      expect([...ours]).toEqual([...theirs]);
      for (const key of ["a", "b", "é", "none"]) {
        expect(ours.get(key)).toBe(theirs.get(key));
        expect(ours.getAll(key)).toEqual(theirs.getAll(key));
        expect(ours.has(key)).toBe(theirs.has(key));
        expect(ours.has(key, "1")).toBe(theirs.has(key, "1"));
      }
    }),
    { numRuns: 1000 },
  );
});

test("iterates live, as a for loop that appends would see", () => {
  const params = new GuestURLSearchParams("a=1");
  const seen: string[] = [];
  for (const [key] of params) {
    seen.push(key);
    if (seen.length < 3) params.append(`n${seen.length}`, "");
  }
  expect(seen).toEqual(["a", "n1", "n2"]);
  const visited: string[] = [];
  params.forEach((value, key) => visited.push(`${key}=${value}`));
  expect(visited).toEqual(["a=1", "n1=", "n2="]);
  expect([...params.keys()]).toEqual(["a", "n1", "n2"]);
  expect([...params.values()]).toEqual(["1", "", ""]);
});
