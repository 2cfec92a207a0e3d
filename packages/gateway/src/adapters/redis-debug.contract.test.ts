import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { DebugEvent } from "@alga-ext/protocol";
import { DEBUG_START } from "../debug/debug-log.ts";
import { DEBUG_LOG_CONTRACT } from "../testing/debug-log.contract.ts";
import { startRedis, type RedisServer } from "../testing/kit/redis-server.ts";
import { createRedisDebugLog, type RedisDebugLogOptions } from "./redis-debug.ts";

let server: RedisServer;
let client: Redis;
const logs: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  server = await startRedis();
  client = new Redis(server.socket);
});
afterEach(async () => {
  for (const log of logs.splice(0)) await log.close();
  await client.flushall();
});
afterAll(async () => {
  client.disconnect();
  await server.stop();
});

function createLog(options: Partial<RedisDebugLogOptions> = {}) {
  const log = createRedisDebugLog({ client, ...options });
  logs.push(log);
  return log;
}

describe("createRedisDebugLog keeps the DebugLog contract", () => {
  test.each(DEBUG_LOG_CONTRACT)("$name", async (one) => {
    await one.run({ createLog: async (options) => createLog(options) });
  });
});

const EVENT = {
  ts: "2026-01-02T03:04:05.678Z",
  level: "error",
  stream: "log",
  tenantId: "Acme",
  extensionId: "EXT-1",
  installId: "install-1",
  requestId: "req-1",
  versionId: null,
  contentHash: null,
  message: "hello",
  truncated: true,
} as const satisfies DebugEvent;
const SOURCE = { tenantId: "Acme", extensionId: "EXT-1" };

describe("what is in Redis", () => {
  test("has the contract's key, in lower case, and its fields", async () => {
    const log = createLog({ prefix: "dbg:" });
    log.publish(EVENT);
    await log.read({ ...SOURCE, after: DEBUG_START, limit: 1, waitMs: 5000 });
    expect((await client.keys("*")).filter((key) => !key.includes(":wake:"))).toEqual(["dbg:acme:ext-1"]);
    const [[, fields]] = (await client.xrange("dbg:acme:ext-1", "-", "+")) as [[string, string[]]];
    expect(fields).toEqual(
      [
        ["ts", EVENT.ts],
        ["level", "error"],
        ["stream", "log"],
        ["tenant", "Acme"],
        ["extension", "EXT-1"],
        ["install", "install-1"],
        ["request", "req-1"],
        ["message", "hello"],
        ["truncated", "1"],
      ].flat(),
    );
    expect(await client.pttl("dbg:acme:ext-1")).toBeGreaterThan(0);
  });

  test("may be another writer's: epoch milliseconds, no level, no stream, no more than it must have", async () => {
    const fields = ["tenant", "Acme", "extension", "EXT-1", "ts", "1767323045678", "message", "old"];
    await client.xadd("ext-debug:acme:ext-1", "*", ...fields);
    await client.xadd("ext-debug:acme:ext-1", "*", "message", "nobody's");
    const { events } = await createLog().read({ ...SOURCE, after: null, limit: 10 });
    expect(events).toEqual([
      {
        ...EVENT,
        id: expect.any(String) as string,
        ts: "2026-01-02T03:04:05.678Z",
        level: "info",
        installId: null,
        requestId: null,
        message: "old",
        truncated: false,
      },
    ]);
  });

  test("stays about as long as it may be", async () => {
    const log = createLog({ maxEvents: 50 });
    for (let n = 0; n < 900; n++) log.publish({ ...EVENT, message: `${n}` });
    await client.ping();
    expect(await client.xlen("ext-debug:acme:ext-1")).toBeLessThan(250);
  });
});

test("many readers share one more connection", async () => {
  const log = createLog();
  const before = await clients();
  const reads = Array.from({ length: 30 }, (_, n) =>
    log.read({ tenantId: "acme", extensionId: `ext-${n}`, after: DEBUG_START, limit: 1, waitMs: 10_000 }),
  );
  await expect.poll(clients).toBe(before + 1);
  for (let n = 0; n < 30; n++) log.publish({ ...EVENT, tenantId: "acme", extensionId: `ext-${n}` });
  for (const page of await Promise.all(reads)) expect(page.events).toHaveLength(1);
  await log.close();
  await expect.poll(clients).toBe(before);
});

async function clients(): Promise<number> {
  return ((await client.client("LIST")) as string).trim().split("\n").length;
}

test("a Redis that is gone costs dropped events and refused reads, never memory or the caller", async () => {
  const gone = new Redis({ path: "/nowhere/redis.sock", maxRetriesPerRequest: 0, retryStrategy: () => 20 });
  gone.on("error", () => {});
  let dropped = 0;
  const log = createLog({ client: gone, maxPending: 5, onDropped: (count) => (dropped = count) });
  try {
    for (let n = 0; n < 20; n++) log.publish(EVENT);
    expect(dropped).toBe(15);
    await expect(log.read({ ...SOURCE, after: null, limit: 1 })).rejects.toMatchObject({
      code: "overloaded",
    });
    await expect.poll(() => dropped).toBe(20);
  } finally {
    gone.disconnect();
  }
});
