import { randomInt } from "node:crypto";
import type { JsonValue, StorageOperation, StoragePutResult, StorageRecord } from "@alga-ext/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openPostgres, type PostgresDatabase } from "./kit/database.ts";
import { isLinearizable, type KeyAnswer, type KeyCall, type KeyOperation } from "./kit/linearizable.ts";
import { createWorld, installNew, type World } from "./kit/world.ts";

/** Kills of the database, each after a random number of entries in the ledger. */
const KILLS = 20;
const WRITERS = 10;
const KEYS = ["a", "b", "c", "d"];

let database: PostgresDatabase;
let world: World;
let scope: { tenantId: string; installId: string };
let registryId = "";

beforeAll(async () => {
  database = await openPostgres({ fsync: true });
  world = await createWorld(database);
  const { tenantId, installId, ...extension } = await installNew(world);
  [scope, registryId] = [{ tenantId, installId }, extension.registryId];
}, 120_000);
afterAll(() => world.close());

const storage = <T>(operation: StorageOperation): Promise<T> =>
  world.registry.hostApi.storage(scope, operation) as Promise<T>;
const codeOf = (error: unknown): string =>
  typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";

/** What the driver noted before each call and at each answer; it outlives every kill. */
interface Ledger {
  readonly history: Map<string, KeyOperation[]>;
  /** Takes from a quota that were granted, and that were not answered. */
  taken: number;
  unanswered: number;
  entries: number;
}

test(
  "what was acknowledged is there after kill -9 of the database, and nothing is torn",
  {
    timeout: 300_000,
  },
  async () => {
    const key = { tenantId: scope.tenantId, registryId };
    await world.registry.quotas.setLimits({ scope: key, limits: { invocations: 100_000 } });
    const ledger: Ledger = { history: new Map(), taken: 0, unanswered: 0, entries: 0 };
    let value = 0;

    for (let kill = 0; kill < KILLS; kill++) {
      const state = { isDown: false };
      const instant = ledger.entries + randomInt(10, 120);
      const crashes: Promise<void>[] = [];
      const note = (): void => {
        ledger.entries++;
        if (ledger.entries < instant || crashes.length > 0) return;
        state.isDown = true;
        crashes.push(database.crash());
      };
      const call = async (
        name: string,
        asked: KeyCall,
        work: () => Promise<KeyAnswer>,
      ): Promise<KeyAnswer> => {
        const start = performance.now();
        note();
        const answer = await work().catch((error: unknown): KeyAnswer => {
          if (codeOf(error) === "NOT_FOUND") return { kind: "missing" };
          // Only a database that is gone may leave a caller without an answer.
          if (!state.isDown) throw error;
          return { kind: "unknown" };
        });
        const history = ledger.history.get(`${kill} ${name}`) ?? [];
        history.push({ call: asked, answer, start, end: performance.now() });
        ledger.history.set(`${kill} ${name}`, history);
        note();
        return answer;
      };
      const put = (name: string, written: JsonValue): Promise<KeyAnswer> =>
        call(name, { kind: "put", value: written }, async () => {
          const { revision } = await storage<StoragePutResult>({
            operation: "put",
            namespace: "n",
            key: `${kill} ${name}`,
            value: written,
          });
          return { kind: "stored", revision };
        });
      const get = (name: string): Promise<KeyAnswer> =>
        call(name, { kind: "get" }, async () => {
          const record = await storage<StorageRecord>({
            operation: "get",
            namespace: "n",
            key: `${kill} ${name}`,
          });
          return { kind: "record", revision: record.revision, value: record.value };
        });
      const putPair = async (): Promise<void> => {
        const items = ["x", "y"].map((name) => ({ key: `${kill} ${name}`, value }));
        value++;
        await storage({ operation: "bulkPut", namespace: "pairs", items }).catch((error: unknown) => {
          if (!state.isDown) throw error;
        });
        note();
      };
      const take = async (): Promise<void> => {
        const decision = await world.registry.quotas.take(key).catch((error: unknown) => {
          if (!state.isDown) throw error;
          ledger.unanswered++;
          return null;
        });
        if (decision?.allowed === true) ledger.taken++;
        note();
      };

      await Promise.all(
        Array.from({ length: WRITERS }, async (_, writer) => {
          for (let step = 0; !state.isDown; step++) {
            const name = KEYS[(writer + step) % KEYS.length] ?? "a";
            if (writer === 0) await putPair();
            else if (writer === 1) await take();
            else if (step % 3 === 0) await get(name);
            else await put(name, value++);
          }
        }),
      );
      await Promise.all(crashes);

      for (const name of KEYS) await get(name);
      for (const name of KEYS) {
        const history = ledger.history.get(`${kill} ${name}`) ?? [];
        expect({ kill, name, isLinearizable: isLinearizable(history) }).toEqual({
          kill,
          name,
          isLinearizable: true,
        });
      }
    }

    const pairs = (await database.admin(
      "select key, value::text as value, revision::int as revision from ext_storage_records where namespace = 'pairs'",
    )) as { key: string; value: string; revision: number }[];
    expect(pairs.length).toBeGreaterThan(0);
    for (const { key: name, revision } of pairs) {
      const [round = ""] = name.split(" ");
      expect(pairs.filter((one) => one.key.startsWith(`${round} `)).map((one) => one.revision)).toEqual([
        revision,
        revision,
      ]);
    }
    const [usage] = await database.admin(
      "select bytes_used::int as bytes, keys_count as keys, namespaces_count as namespaces from ext_storage_usage",
    );
    const [counted] = await database.admin(
      `select sum(value_size_bytes + metadata_size_bytes)::int as bytes, count(*)::int as keys,
      count(distinct namespace)::int as namespaces from ext_storage_records`,
    );
    expect(usage).toEqual(counted);
    // Takes of the last moment before a kill may be forgotten; none is made up.
    const { used } = await world.registry.quotas.limits(key);
    expect(used.invocations).toBeLessThanOrEqual(ledger.taken + ledger.unanswered);
  },
);
