import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openPostgres, type TestDatabase } from "../testing/kit/database.ts";
import { openRegistryDb, type RegistryDb, type TenantDb } from "./registry-db.ts";

const TENANTS = Array.from({ length: 5 }, (_, index) => `tenant-${index}`);

let database: TestDatabase;
let db: RegistryDb;
beforeAll(async () => {
  database = await openPostgres();
  db = await openRegistryDb(database.dialect(), { migrate: false });
  for (const tenant of TENANTS) {
    await db.withTenant(tenant, (tx) =>
      sql`insert into extension_outbox (tenant_id, kind, payload, created_at)
        select ${tenant}, 'test.seeded', '{}', now() from generate_series(1, 3)`.execute(tx),
    );
  }
}, 120_000);
afterAll(async () => {
  await db.close();
  await database.close();
});

const seen = async (tx: TenantDb): Promise<string[]> => {
  const { rows } = await sql<{ tenant_id: string }>`select tenant_id from extension_outbox`.execute(tx);
  return rows.map(({ tenant_id }) => tenant_id);
};

/** Ways for a transaction to end; each has read its rows first. */
const ENDS: readonly ((tx: TenantDb) => Promise<unknown>)[] = [
  async () => undefined,
  async () => {
    throw new Error("the work failed");
  },
  (tx) => sql`select 1 / 0`.execute(tx),
  (tx) =>
    sql`insert into extension_outbox (tenant_id, kind, payload, created_at)
    values ('tenant-x', 'test.planted', '{}', now())`.execute(tx),
  async (tx) => {
    await sql`set local statement_timeout = 20`.execute(tx);
    await sql`select pg_sleep(30)`.execute(tx);
  },
  async (tx) => {
    const pid = await backend(tx);
    // Asked for again until it hits: before the statement runs there is nothing to cancel.
    const sleeping = sql`select pg_sleep(30)`.execute(tx).then(
      () => true,
      (error: unknown) => error,
    );
    for (let outcome: unknown = null; outcome === null;) {
      await database.admin("select pg_cancel_backend($1)", [pid]);
      outcome = await Promise.race([sleeping, database.admin("select 1").then(() => null)]);
    }
    throw await sleeping;
  },
  async (tx) => {
    await database.admin("select pg_terminate_backend($1)", [await backend(tx)]);
    await sql`select 1`.execute(tx);
  },
];

async function backend(tx: TenantDb): Promise<number> {
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx);
  return rows[0]?.pid ?? 0;
}

test("400 transactions of 5 tenants over one pool see no foreign row, however the ones before them ended", async () => {
  const ended = new Map<string, number>();
  const count = (how: string): void => void ended.set(how, (ended.get(how) ?? 0) + 1);
  const foreign: string[] = [];
  const transactions = Array.from({ length: 400 }, async (_, index) => {
    const tenant = TENANTS[index % TENANTS.length] ?? "";
    // Most end well, so that what an odd end left on a connection would be met.
    const end = index % 4 === 0 ? ENDS[(index / 4) % ENDS.length] : ENDS[0];
    let rows = 0;
    await db
      .withTenant(tenant, async (tx) => {
        const found = await seen(tx);
        rows = found.length;
        foreign.push(...found.filter((one) => one !== tenant));
        await end?.(tx);
      })
      .then(
        () => count("done"),
        (error: { code?: string }) => count(error.code ?? "thrown"),
      );
    expect(rows).toBe(3);
    const { rows: left } = await db.shared((tx) =>
      sql`select tenant_id from extension_outbox where tenant_id <> ''`.execute(tx),
    );
    expect(left).toEqual([]);
  });
  await Promise.all(transactions);
  expect(foreign).toEqual([]);
  expect(Object.fromEntries(ended)).toEqual({
    done: 315,
    thrown: 15,
    "22012": 14,
    "42501": 14,
    // Cancelled, timed out, or its connection gone.
    database_unavailable: 42,
  });
});
