import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createBufferedAudit } from "./buffered-audit.ts";
import type { ExecutionFinished, ExecutionStarted } from "./ports.ts";
import { createMemoryAudit } from "./testing/memory-audit.ts";

const start = (requestId: string): ExecutionStarted => ({
  requestId,
  tenantId: "acme",
  installId: "i",
  registryId: "r",
  versionId: "v",
  method: "GET",
  path: "/",
  endpointTemplate: "/",
  principalKind: "internal",
  userId: "u",
  startedAt: "2027-01-15T08:00:00.000Z",
});
const end = (httpStatus: number): ExecutionFinished => ({
  tenantId: "acme",
  status: "ok",
  httpStatus,
  durationMs: 1,
  error: null,
  egressBytes: 0,
  hostCalls: 0,
  cpuMs: 0,
  memoryMbMs: 0,
  lease: null,
  lines: [],
  finishedAt: "2027-01-15T08:00:00.001Z",
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("rows come after the fact, within the time stated, each with its end", async () => {
  const inner = createMemoryAudit();
  const audit = createBufferedAudit(inner, { maxDelayMs: 50 });
  const [a, b] = [await audit.started(start("a")), await audit.started(start("b"))];
  await audit.finished(b, end(201));
  expect(inner.rows()).toEqual([]);
  await vi.advanceTimersByTimeAsync(49);
  expect(inner.rows()).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(inner.rows()).toMatchObject([
    { started: { requestId: "a" }, finished: null },
    { started: { requestId: "b" }, finished: { httpStatus: 201 } },
  ]);
  await audit.finished(a, end(200));
  await vi.advanceTimersByTimeAsync(50);
  expect(inner.rows()[0]?.finished?.httpStatus).toBe(200);
  expect(vi.getTimerCount()).toBe(0);
});

test("closing writes what waits, and nothing comes after it", async () => {
  const inner = createMemoryAudit();
  const audit = createBufferedAudit(inner);
  await audit.finished(await audit.started(start("a")), end(200));
  await audit.close();
  expect(inner.rows()[0]?.finished?.httpStatus).toBe(200);
  await expect(audit.started(start("b"))).rejects.toThrow(TypeError);
});

test("when it is full a call waits for room, and no row is dropped", async () => {
  const inner = createMemoryAudit();
  const gate = Promise.withResolvers<void>();
  const slow = {
    ...inner,
    async started(row: ExecutionStarted) {
      await gate.promise;
      return inner.started(row);
    },
  };
  const audit = createBufferedAudit(slow, { maxRows: 2 });
  await audit.started(start("a"));
  await audit.started(start("b"));
  let isIn = false;
  const third = audit.started(start("c")).then(() => (isIn = true));
  await vi.advanceTimersByTimeAsync(1000);
  expect(isIn).toBe(false);
  gate.resolve();
  await third;
  await audit.close();
  expect(inner.rows().map(({ started }) => started.requestId)).toEqual(["a", "b", "c"]);
});

test("a row that is refused is told of; its end and the others are not held up", async () => {
  const inner = createMemoryAudit();
  const told: string[] = [];
  const logger = { warn: () => {}, error: (event: string) => void told.push(event) };
  const picky = {
    ...inner,
    started: (row: ExecutionStarted) =>
      row.requestId === "a" ? Promise.reject(new Error("down")) : inner.started(row),
  };
  const audit = createBufferedAudit(picky, { logger });
  const [a, b] = [await audit.started(start("a")), await audit.started(start("b"))];
  await audit.finished(a, end(200));
  await audit.finished(b, end(200));
  await audit.flush();
  expect(inner.rows()).toMatchObject([{ started: { requestId: "b" }, finished: { httpStatus: 200 } }]);
  expect(told).toEqual(["audit_row_lost"]);
});
