import { expect, test } from "vitest";
import { createCoalescer } from "./coalesce.ts";

test("what arrives while a key is worked on shares the next run, in order; other keys do not wait", async () => {
  const runs: string[] = [];
  const gate = Promise.withResolvers<null>();
  const ask = createCoalescer<number, string>(async (key, items) => {
    runs.push(`${key}:${items.join()}`);
    if (runs.length === 1) await gate.promise;
    return items.map((item) => `${key}${item}`);
  });
  const first = [ask("a", 1), ask("a", 2), ask("a", 3)];
  expect(await ask("b", 1)).toBe("b1");
  gate.resolve(null);
  expect(await Promise.all(first)).toEqual(["a1", "a2", "a3"]);
  expect(await ask("a", 4)).toBe("a4");
  expect(runs).toEqual(["a:1", "b:1", "a:2,3", "a:4"]);
});

test("a run that fails fails its own items, and the next ones go on", async () => {
  let runs = 0;
  const ask = createCoalescer<number, number>(async (_, items) => {
    if (++runs === 2) throw new RangeError("on purpose");
    return items;
  });
  const outcomes = await Promise.allSettled([ask("a", 1), ask("a", 2), ask("a", 3)]);
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected"]);
  expect(await ask("a", 4)).toBe(4);
});

test("a crowd is served in runs of bounded size", async () => {
  const sizes: number[] = [];
  const ask = createCoalescer<number, number>(async (_, items) => {
    sizes.push(items.length);
    return items;
  });
  const asked = Array.from({ length: 501 }, (_, index) => index);
  expect(await Promise.all(asked.map((item) => ask("a", item)))).toEqual(asked);
  expect(sizes).toEqual([1, 200, 200, 100]);
});
