/**
 * A process that delivers events, with the registry as built and a pg-boss of its own. Every arrival is told to the
 * parent before it counts as delivered. It is there to be killed.
 */
import { generateKeyPairSync } from "node:crypto";
import { PGlite } from "@electric-sql/pglite";
import type { Trigger } from "@alga-ext/protocol";
import { createRegistry, type EmitRequest } from "@alga-ext/registry";
import { createPgBossQueue } from "@alga-ext/registry/adapters/pg-boss";
import { createPgDialect } from "@alga-ext/registry/adapters/pg-dialect";
import { createMemoryBlobs } from "@alga-ext/registry/testing";
import { PGliteDialect } from "kysely";
import { Pool } from "pg";
import { fromPglite, PgBoss } from "pg-boss";
import type { DeliverySetup, ProcessMessage, ProcessOrder } from "./delivery-processes.ts";
import { createMemoryKeys } from "./memory-keys.ts";

const setup = JSON.parse(process.argv[2] ?? "{}") as DeliverySetup;
const state = { isHealed: setup.isHealed, now: setup.now };

/** Resolves when the parent has it, whatever becomes of this process then. */
const say = (message: ProcessMessage): Promise<void> =>
  new Promise((resolve, reject) => {
    process.send?.(message, undefined, undefined, (error) => (error === null ? resolve() : reject(error)));
  });

const database = { ...setup.connection, database: "ext" };
const pglite = setup.dataDir === undefined ? null : await PGlite.create(setup.dataDir);
const boss = new PgBoss(
  pglite === null
    ? { ...database, user: "postgres", max: 2, supervise: false }
    : { db: fromPglite(pglite), backend: "pglite", supervise: false },
);
boss.on("error", (error) => {
  process.stderr.write(`${error.message}\n`);
});
// Never without a parent.
process.once("disconnect", () => process.exit());
await boss.start();
const dialect =
  pglite === null
    ? createPgDialect(new Pool({ ...database, user: "ext_app", max: 6 }))
    : new PGliteDialect({ pglite });
const registry = await createRegistry({
  dialect,
  blobs: createMemoryBlobs(),
  keys: createMemoryKeys(),
  trust: null,
  allowUnsigned: true,
  runnerPublicKeyPem: generateKeyPairSync("x25519").publicKey.export({ type: "spki", format: "pem" }),
  migrate: pglite !== null,
  deliveryQueue: createPgBossQueue(boss, { pollingIntervalSeconds: 0.5 }),
  clock: () => state.now ?? Date.now(),
});

const isPoison = ({ payload }: Trigger): boolean =>
  typeof payload === "object" && payload !== null && "poison" in payload;
const worker = registry.createDeliveryWorker({
  // Much is under way when it is killed; and steps share transactions, or the database does little else but plan.
  concurrency: 32,
  timeoutMs: 5_000,
  leaseMs: setup.leaseMs,
  retry: { maxAttempts: setup.maxAttempts, baseMs: 20, maxMs: 200 },
  invoker: {
    async invoke(trigger) {
      if (isPoison(trigger) && !state.isHealed) {
        return { ok: false, code: "poison", message: "will not go down", retryable: true };
      }
      await say({ kind: "arrived", trigger });
      return { ok: true };
    },
  },
});

const emit = async (requests: readonly EmitRequest[]): Promise<void> => {
  for (const request of requests) await registry.events.emit(request);
};
const moveTo = async (now: number): Promise<void> => {
  state.now = now;
  await worker.drain();
};
process.on("message", (order: ProcessOrder) => {
  if (order.kind === "heal") state.isHealed = true;
  else if (order.kind === "time") void moveTo(order.now).then(() => say({ kind: "drained", now: order.now }));
  else void emit(order.requests).then(() => say({ kind: "emitted", id: order.id }));
});
if (setup.now === undefined) await worker.start();
await say({ kind: "ready" });
