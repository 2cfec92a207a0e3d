import { randomInt } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite, type PGliteOptions } from "@electric-sql/pglite";
import type { Trigger } from "@alga-ext/protocol";
import { PGliteDialect } from "kysely";
import { PgBoss } from "pg-boss";
import { describe, expect, test, vi } from "vitest";
import { createPgBossQueue } from "../adapters/pg-boss.ts";
import type { EmitRequest } from "../events/emit.ts";
import type { Registry } from "../registry.ts";
import { openPostgres, type PostgresDatabase, type TestDatabase } from "./kit/database.ts";
import { emptyPglite } from "./kit/empty-pglite.ts";
import { startDeliveryProcess, type DeliveryProcess } from "./kit/delivery-processes.ts";
import { createWorld, installNew, newTenant, type World } from "./kit/world.ts";

const KEYS = 200;
const POISON_EVERY = 500;
const MAX_ATTEMPTS = 6;
const SCHEDULES = 20;
const TICKS = 12;

const MANIFEST = {
  api: { endpoints: [{ method: "POST", path: "/hear", handler: "dist/main" }] },
};

interface Emitted extends EmitRequest {
  readonly id: string;
  readonly payload: { readonly n: number; readonly poison?: true };
}

/** Events of two topics, most of them with a key, some of them poison; each worker of the host emits some keys. */
function planEvents(tenantIds: readonly string[], count: number): Emitted[][] {
  const lanes: Emitted[][] = Array.from({ length: 8 }, () => []);
  for (let n = 0; n < count; n += 1) {
    const key = randomInt(KEYS);
    const event: Emitted = {
      id: `e-${n}`,
      tenantId: tenantIds[key % tenantIds.length] ?? "",
      topic: n % 3 === 0 ? "b" : "a",
      payload: n % POISON_EVERY === 1 ? { n, poison: true } : { n },
      ...(n % 4 === 0 ? {} : { key: `key-${key}` }),
    };
    lanes[key % lanes.length]?.push(event);
  }
  return lanes;
}

/** A PGlite in a directory, which one process at a time may open. */
async function openPglite(dataDir: string, options: PGliteOptions = {}): Promise<TestDatabase> {
  const pglite = await PGlite.create(dataDir, options);
  const admin: TestDatabase["admin"] = async (text, values = []) =>
    (await pglite.query<Record<string, unknown>>(text, [...values])).rows;
  return {
    engine: "pglite",
    dialect: () => new PGliteDialect({ pglite }),
    ownerDialect: () => new PGliteDialect({ pglite }),
    admin,
    rehearse: (fn) => fn(admin),
    async close() {
      if (!pglite.closed) await pglite.close();
    },
  };
}

const isPoison = ({ payload }: Trigger): boolean =>
  typeof payload === "object" && payload !== null && "poison" in payload;

/** Two tenants, in each an extension that hears of both topics and one that hears of one. */
async function subscribe(world: World): Promise<string[]> {
  const tenantIds = [newTenant(), newTenant()];
  for (const topics of [["a", "b"], ["a"]]) {
    const events = topics.map((topic) => ({ topic, endpoint: "POST /hear" }));
    const { registryId, version } = await installNew(world, { ...MANIFEST, events });
    for (const tenantId of tenantIds) {
      await world.registry.install({ tenantId, registryId, version, grants: "declared", actor: "admin" });
    }
  }
  return tenantIds;
}

/** What is owed: one line per event and install. */
interface Plan {
  readonly all: ReadonlySet<string>;
  readonly poison: ReadonlySet<string>;
}

function owedBy(events: readonly Emitted[], subscriptions: ReadonlyMap<string, readonly string[]>): Plan {
  const owed = (some: readonly Emitted[]): Set<string> =>
    new Set(
      some.flatMap(({ id, tenantId, topic }) =>
        (subscriptions.get(`${tenantId} ${topic}`) ?? []).map((installId) => `${id} ${installId}`),
      ),
    );
  return { all: owed(events), poison: owed(events.filter(({ payload }) => "poison" in payload)) };
}

async function readSubscriptions(
  registry: Registry,
  tenantIds: readonly string[],
): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for (const tenantId of tenantIds) {
    for (const { topic, installId } of await registry.events.subscriptions({ tenantId })) {
      const name = `${tenantId} ${topic}`;
      found.set(name, [...(found.get(name) ?? []), installId]);
    }
  }
  return found;
}

/** What arrived, repetitions left out, in the order in which it came. */
function createInbox() {
  const first = new Map<string, Trigger & { readonly kind: "event" }>();
  const counts = { arrivals: 0 };
  return {
    counts,
    first,
    hear(trigger: Trigger): void {
      counts.arrivals += 1;
      if (trigger.kind !== "event" || first.has(`${trigger.eventId} ${trigger.installId}`)) return;
      first.set(`${trigger.eventId} ${trigger.installId}`, trigger);
    },
    /** Numbers of the events of each key as one install heard them. */
    perKey(): Map<string, number[]> {
      const heard = new Map<string, number[]>();
      for (const { key, installId, topic, payload } of first.values()) {
        if (key === null || typeof payload !== "object" || payload === null || "poison" in payload) continue;
        const lane = `${installId} ${topic} ${key}`;
        heard.set(lane, [...(heard.get(lane) ?? []), Number("n" in payload ? payload["n"] : Number.NaN)]);
      }
      return heard;
    },
  };
}

/** That what is owed arrived, in order, and that poison is in the dead letter and arrives once it is healed. */
async function judge(request: {
  readonly registry: Registry;
  readonly tenantIds: readonly string[];
  readonly inbox: ReturnType<typeof createInbox>;
  readonly plan: Plan;
  /** Resolves when nothing is on its way. */
  readonly settled: () => Promise<void>;
  readonly heal: () => void;
}): Promise<void> {
  const { registry, tenantIds, inbox, plan, settled } = request;
  await settled();
  expect(new Set(inbox.first.keys())).toEqual(new Set([...plan.all].filter((one) => !plan.poison.has(one))));
  for (const numbers of inbox.perKey().values()) {
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
  }
  const dead = (await Promise.all(tenantIds.map((tenantId) => readDead(registry, tenantId)))).flat();
  expect(new Set(dead)).toEqual(plan.poison);
  expect(dead).toHaveLength(plan.poison.size);
  request.heal();
  for (const tenantId of tenantIds) {
    for (const { subscriptionId: sourceId } of await registry.events.subscriptions({ tenantId })) {
      await registry.events.replay({ tenantId, sourceId });
    }
  }
  await settled();
  expect(new Set(inbox.first.keys())).toEqual(plan.all);
}

async function readDead(registry: Registry, tenantId: string): Promise<string[]> {
  const dead: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<Registry["events"]["deadLetters"]>> = await registry.events.deadLetters({
      tenantId,
      ...(cursor === null ? {} : { cursor }),
    });
    dead.push(...page.items.map(({ eventId, installId }) => `${eventId} ${installId}`));
    cursor = page.nextCursor;
  } while (cursor !== null);
  return dead;
}

/** Three processes, of which one at a time is killed and replaced, every few hundred arrivals. */
async function startCrew(connection: PostgresDatabase["connection"], inbox: ReturnType<typeof createInbox>) {
  const processes: DeliveryProcess[] = [];
  const state = { isHealed: false, isOver: false, kills: 0, killAt: randomInt(200, 800) };
  let killing: Promise<void> = Promise.resolve();
  let isKilling = false;

  const start = async (): Promise<void> => {
    const setup = { connection, leaseMs: 6_000, maxAttempts: MAX_ATTEMPTS, isHealed: state.isHealed };
    processes.push(
      await startDeliveryProcess(setup, (message) => {
        if (message.kind !== "arrived") return;
        inbox.hear(message.trigger);
        if (inbox.counts.arrivals < state.killAt || state.isOver || isKilling) return;
        isKilling = true;
        killing = killOne();
      }),
    );
  };
  const killOne = async (): Promise<void> => {
    const [victim] = processes.splice(randomInt(processes.length), 1);
    await victim?.kill();
    state.kills += 1;
    await start();
    state.killAt = inbox.counts.arrivals + randomInt(200, 1_500);
    isKilling = false;
  };

  await Promise.all([start(), start(), start()]);
  return {
    state,
    /** No more kills. */
    async rest(): Promise<void> {
      state.isOver = true;
      await killing;
    },
    heal(): void {
      state.isHealed = true;
      for (const one of processes) one.send({ kind: "heal" });
    },
    async dismiss(): Promise<void> {
      state.isOver = true;
      await killing;
      await Promise.all(processes.map((one) => one.kill()));
    },
  };
}

/** A process that runs schedules at the time it is told. */
interface Schedulist extends Pick<DeliveryProcess, "moveTo" | "kill"> {
  /** Kill it when it has made so many more runs. */
  dieAfter(runs: number): void;
}

async function startSchedulist(
  connection: PostgresDatabase["connection"],
  { now, fired }: { readonly now: number; readonly fired: Map<string, Set<string>> },
): Promise<Schedulist> {
  let left = Number.POSITIVE_INFINITY;
  const one = await startDeliveryProcess(
    { connection, leaseMs: 6_000, maxAttempts: MAX_ATTEMPTS, isHealed: true, now },
    (message) => {
      if (message.kind !== "arrived" || message.trigger.kind !== "schedule") return;
      const { scheduleId, scheduledFor, deliveryId } = message.trigger;
      const run = `${scheduleId} ${scheduledFor}`;
      fired.set(run, (fired.get(run) ?? new Set()).add(deliveryId));
      left -= 1;
      if (left <= 0) void one.kill();
    },
  );
  return {
    moveTo: (at) => one.moveTo(at),
    kill: () => one.kill(),
    dieAfter(runs) {
      left = runs;
      if (runs === 0) void one.kill();
    },
  };
}

/** One process after the other emits and delivers, each killed after some arrivals; what none confirmed is repeated. */
async function runAlone(
  dataDir: string,
  run: {
    readonly lanes: readonly (readonly Emitted[])[];
    readonly plan: Plan;
    readonly inbox: ReturnType<typeof createInbox>;
  },
): Promise<number> {
  const { lanes, plan, inbox } = run;
  const waiting = new Map(lanes.map((requests, id) => [id, requests]));
  const wanted = plan.all.size - plan.poison.size;
  let kills = 0;
  while (inbox.first.size < wanted) {
    const enough = Promise.withResolvers<void>();
    const killAt = kills < 3 ? inbox.counts.arrivals + randomInt(30, 150) : Number.POSITIVE_INFINITY;
    const one = await startDeliveryProcess(
      { dataDir, leaseMs: 6_000, maxAttempts: MAX_ATTEMPTS, isHealed: false },
      (message) => {
        if (message.kind === "emitted") waiting.delete(message.id);
        if (message.kind === "arrived") inbox.hear(message.trigger);
        if (inbox.counts.arrivals >= killAt || inbox.first.size >= wanted) enough.resolve();
      },
    );
    for (const [id, requests] of waiting) one.send({ kind: "emit", id, requests });
    await enough.promise;
    await one.kill();
    kills += 1;
  }
  return kills;
}

describe("workers that are killed at random", () => {
  test(
    "on Postgres every event is delivered, in order per key, and poison waits in the dead letter",
    { timeout: 180_000 },
    async () => {
      await using cleanup = new AsyncDisposableStack();
      const database = await openPostgres();
      const world = await createWorld(database);
      cleanup.defer(() => world.close());
      const boss = new PgBoss({ ...database.connection, ...BOSS, database: "ext", user: "postgres" });
      await boss.start();
      cleanup.defer(() => boss.stop({ graceful: false }));
      const registry = await world.reopen({ clock: Date.now, deliveryQueue: createPgBossQueue(boss) });
      const tenantIds = await subscribe(world);
      const lanes = planEvents(tenantIds, 10_000);
      const plan = owedBy(lanes.flat(), await readSubscriptions(registry, tenantIds));
      const inbox = createInbox();
      const crew = await startCrew(database.connection, inbox);
      cleanup.defer(() => crew.dismiss());
      const began = performance.now();
      await Promise.all(
        lanes.map(async (lane) => {
          for (const event of lane) await registry.events.emit(event);
        }),
      );
      const emittedMs = performance.now() - began;
      await until(() => inbox.first.size === plan.all.size - plan.poison.size);
      const deliveredMs = performance.now() - began;
      await crew.rest();
      const settled = () =>
        vi.waitFor(
          async () => {
            const pending = "select from extension_delivery where state = 'pending' limit 1";
            expect(await database.admin(pending)).toEqual([]);
          },
          { timeout: 60_000, interval: 100 },
        );
      await judge({ registry, tenantIds, inbox, plan, settled, heal: () => crew.heal() });
      expect(crew.state.kills).toBeGreaterThanOrEqual(5);
      report({ engine: "Postgres", lanes, plan, inbox, kills: crew.state.kills, emittedMs, deliveredMs });
    },
  );

  test(
    "on PGlite the one process that emits and delivers is killed, and goes on where it was",
    { timeout: 180_000 },
    async () => {
      await using cleanup = new AsyncDisposableStack();
      const dir = await mkdtemp(join(tmpdir(), "ext-registry-crash-"));
      cleanup.defer(() => rm(dir, { recursive: true, force: true }));
      const before = await createWorld(await openPglite(join(dir, "db"), await emptyPglite()));
      const tenantIds = await subscribe(before);
      const lanes = planEvents(tenantIds, 600);
      const plan = owedBy(lanes.flat(), await readSubscriptions(before.registry, tenantIds));
      await before.close();
      const inbox = createInbox();
      const began = performance.now();
      const kills = await runAlone(join(dir, "db"), { lanes, plan, inbox });
      const deliveredMs = performance.now() - began;

      const world = await createWorld(await openPglite(join(dir, "db")));
      cleanup.defer(() => world.close());
      // Later than every lease and every wait between attempts.
      let now = Date.now();
      const registry = await world.reopen({ clock: () => now });
      const state = { isHealed: false };
      const worker = registry.createDeliveryWorker({
        retry: { maxAttempts: MAX_ATTEMPTS },
        invoker: {
          async invoke(trigger) {
            if (isPoison(trigger) && !state.isHealed) {
              return { ok: false, code: "poison", message: "will not go down", retryable: true };
            }
            inbox.hear(trigger);
            return { ok: true };
          },
        },
      });
      const settled = async () => {
        for (let attempt = 0; attempt <= MAX_ATTEMPTS; attempt += 1) {
          now += 24 * 60 * 60 * 1000;
          await worker.drain();
        }
      };
      const heal = () => {
        state.isHealed = true;
      };
      await judge({ registry, tenantIds, inbox, plan, settled, heal });
      expect(kills).toBeGreaterThanOrEqual(3);
      report({ engine: "PGlite", lanes, plan, inbox, kills, emittedMs: deliveredMs, deliveredMs });
    },
  );

  test("on Postgres a schedule fires once per tick", { timeout: 120_000 }, async () => {
    await using cleanup = new AsyncDisposableStack();
    const database = await openPostgres();
    const world = await createWorld(database);
    cleanup.defer(() => world.close());
    const { tenantId, installId } = await installNew(world, MANIFEST);
    const ids: string[] = [];
    for (let n = 0; n < SCHEDULES; n += 1) {
      const schedule = { tenantId, installId, endpoint: "POST /hear", cron: "*/5 * * * *" };
      ids.push((await world.registry.schedules.create(schedule)).id);
    }
    const tick = 5 * 60_000;
    const start = Math.ceil(world.clock.now / tick) * tick;
    const fired = new Map<string, Set<string>>();
    const processes: Schedulist[] = [];
    const hire = async (now: number): Promise<void> => {
      processes.push(await startSchedulist(database.connection, { now, fired }));
    };
    cleanup.defer(async () => void (await Promise.all(processes.map((one) => one.kill()))));
    await Promise.all([hire(start), hire(start), hire(start)]);
    const began = performance.now();
    for (let n = 1; n <= TICKS; n += 1) {
      const now = start + n * tick;
      const [victim] = n % 2 === 0 ? processes.splice(randomInt(processes.length), 1) : [];
      victim?.dieAfter(randomInt(6));
      await Promise.all(
        [...processes, ...(victim === undefined ? [] : [victim])].map((one) => one.moveTo(now)),
      );
      if (victim !== undefined) {
        await victim.kill();
        await hire(now);
      }
      // The leases of the dead end before the next tick.
      await Promise.all(processes.map((one) => one.moveTo(now + tick / 2)));
    }
    const owed = ids.flatMap((id) =>
      Array.from({ length: TICKS }, (_, n) => `${id} ${new Date(start + (n + 1) * tick).toISOString()}`),
    );
    expect(new Set(fired.keys())).toEqual(new Set(owed));
    expect([...fired.values()].filter((deliveryIds) => deliveryIds.size !== 1)).toEqual([]);
    const seconds = (performance.now() - began) / 1000;
    process.stdout.write(
      `schedules: ${owed.length} runs, ${TICKS / 2} kills, ${Math.round(owed.length / seconds)} runs/s\n`,
    );
  });
});

const BOSS = { max: 2, supervise: false, schedule: false } as const;

const until = (isDone: () => boolean): Promise<void> =>
  vi.waitFor(() => expect(isDone()).toBe(true), { timeout: 120_000, interval: 50 });

function report(run: {
  readonly engine: string;
  readonly lanes: readonly (readonly Emitted[])[];
  readonly plan: Plan;
  readonly inbox: ReturnType<typeof createInbox>;
  readonly kills: number;
  readonly emittedMs: number;
  readonly deliveredMs: number;
}): void {
  const { engine, plan, inbox, kills, emittedMs, deliveredMs } = run;
  const events = run.lanes.flat().length;
  process.stdout.write(
    `${engine}: ${events} events, ${plan.all.size} deliveries, ${inbox.counts.arrivals} arrivals, ${kills} kills; ` +
      `${Math.round(events / (emittedMs / 1000))} events/s emitted, ` +
      `${Math.round(plan.all.size / (deliveredMs / 1000))} deliveries/s\n`,
  );
}
