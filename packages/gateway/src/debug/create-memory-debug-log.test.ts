import type { DebugEvent } from "@alga-ext/protocol";
import { describe, expect, test } from "vitest";
import { createMemoryDebugLog } from "./create-memory-debug-log.ts";
import { DEBUG_START, type DebugLog } from "./debug-log.ts";

const anEvent = (overrides: Partial<DebugEvent> = {}): DebugEvent => ({
  ts: "2026-01-02T03:04:05.678Z",
  level: "info",
  stream: "log",
  tenantId: "acme",
  extensionId: "ext",
  installId: null,
  requestId: null,
  versionId: null,
  contentHash: null,
  message: "hello",
  truncated: false,
  ...overrides,
});
const readAll = (log: DebugLog, tenantId = "acme", after = DEBUG_START) =>
  log.read({ tenantId, extensionId: "ext", after, limit: 10_000 });

describe("bounds", () => {
  test("so many events of an extension: the oldest go, and are counted", async () => {
    const log = createMemoryDebugLog({ maxEvents: 3 });
    for (let n = 0; n < 5; n++) log.publish(anEvent({ message: `${n}` }));
    const { events, missed } = await readAll(log);
    expect(events.map(({ message }) => message)).toEqual(["2", "3", "4"]);
    expect(missed).toBe(2);
    expect(log.dropped()).toBe(2);
  });

  test("so many bytes of all: who has most gives first, not the quiet neighbour", async () => {
    const log = createMemoryDebugLog({ maxBytes: 100_000 });
    log.publish(anEvent({ tenantId: "quiet" }));
    for (let n = 0; n < 1000; n++) log.publish(anEvent({ message: "x".repeat(1000) }));
    const noisy = (await readAll(log)).events;
    expect(noisy.length).toBeGreaterThan(10);
    expect(noisy.length).toBeLessThan(60);
    expect(log.dropped()).toBe(1000 - noisy.length);
    expect((await readAll(log, "quiet")).events).toHaveLength(1);
  });

  test("so many extensions: who was silent longest goes, and its readers learn that something is missing", async () => {
    const log = createMemoryDebugLog({ maxRings: 2 });
    log.publish(anEvent({ tenantId: "a" }));
    const { lastId } = await readAll(log, "a");
    log.publish(anEvent({ tenantId: "b" }));
    log.publish(anEvent({ tenantId: "a" }));
    log.publish(anEvent({ tenantId: "c" }));
    expect((await readAll(log, "b")).events).toHaveLength(0);
    expect((await readAll(log, "a")).events).toHaveLength(2);
    log.publish(anEvent({ tenantId: "b" }));
    log.publish(anEvent({ tenantId: "d" }));
    log.publish(anEvent({ tenantId: "a" }));
    expect(await readAll(log, "a", lastId)).toMatchObject({ missed: null, events: [{ message: "hello" }] });
    expect(log.dropped()).toBe(5);
  });
});

test("cursors of two rings of one name are never the same, however fast they follow each other", async () => {
  const log = createMemoryDebugLog({ maxRings: 1, clock: () => 1000 });
  const ids = new Set<string>();
  for (let n = 0; n < 10; n++) {
    log.publish(anEvent({ tenantId: "a" }));
    ids.add((await readAll(log, "a")).lastId);
    log.publish(anEvent({ tenantId: "b" }));
  }
  expect(ids.size).toBe(10);
});
