import { expect, test } from "vitest";
import { createLimit } from "./create-limit.ts";

test("runs so many at once, the rest in their order, and goes on after failures", async () => {
  const atMost = createLimit(2);
  const started: number[] = [];
  const ends: (() => void)[] = [];
  const runs = [0, 1, 2, 3].map((id) =>
    atMost(async () => {
      started.push(id);
      await new Promise<void>((resolve) => {
        ends[id] = resolve;
      });
      if (id === 0) throw new Error("on purpose");
      return id;
    }),
  );
  const settled = Promise.allSettled(runs);
  expect(started).toEqual([0, 1]);
  ends[0]?.();
  await runs[0]?.catch(() => undefined);
  expect(started).toEqual([0, 1, 2]);
  ends[1]?.();
  await runs[1];
  ends[2]?.();
  await runs[2];
  ends[3]?.();
  expect((await settled).map(({ status }) => status)).toEqual([
    "rejected",
    "fulfilled",
    "fulfilled",
    "fulfilled",
  ]);
  expect(started).toEqual([0, 1, 2, 3]);
});
