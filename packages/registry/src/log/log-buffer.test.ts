import { expect, test } from "vitest";
import { createLogBuffer } from "./log-buffer.ts";
import { toEndRow, type LogItem } from "./rows.ts";

const item = (id: string): LogItem => {
  return {
    end: toEndRow(id, { tenantId: "t", status: "ok", httpStatus: 200, durationMs: 1, error: null }, 0),
  };
};
const idOf = (row: LogItem): string => ("end" in row ? row.end.id : row.start.id);

test("rows that cannot be written stay, in order, and are written by a later try", async () => {
  const written: string[] = [];
  const logged: string[] = [];
  let isAway = true;
  const buffer = createLogBuffer({
    maxDelayMs: 1,
    logger: { warn: () => undefined, error: (message) => void logged.push(message) },
    async write(tenantId, items) {
      if (isAway && tenantId === "a") throw new Error("on purpose");
      written.push(...items.map((row) => `${tenantId} ${idOf(row)}`));
    },
  });
  for (const id of ["1", "2"]) buffer.add("a", item(id));
  buffer.add("b", item("3"));
  await expect.poll(() => logged.length).toBeGreaterThan(0);
  expect([written, buffer.size]).toEqual([["b 3"], 2]);
  await expect(buffer.flush()).rejects.toThrow("on purpose");
  isAway = false;
  buffer.add("a", item("4"));
  await expect.poll(() => buffer.size).toBe(0);
  expect(written).toEqual(["b 3", "a 1", "a 2", "a 4"]);
});

test("several flushes at once write each row once, rows that come meanwhile too", async () => {
  let isLate = false;
  const written: string[] = [];
  const buffer = createLogBuffer({
    maxDelayMs: 100,
    logger: null,
    async write(tenantId, items) {
      if (!isLate) buffer.add("a", item("late"));
      isLate = true;
      await Promise.resolve();
      written.push(...items.map((row) => `${tenantId} ${idOf(row)}`));
    },
  });
  for (let id = 0; id < 1200; id++) buffer.add(id % 2 === 0 ? "a" : "b", item(String(id)));
  await Promise.all([buffer.flush(), buffer.flush(), buffer.flush()]);
  expect(buffer.size).toBe(0);
  expect(written).toHaveLength(1201);
  expect(new Set(written).size).toBe(1201);
});
