import { expect, test } from "vitest";
import { openRegistryDb, type TenantDb } from "../db/registry-db.ts";
import { openPostgres, type TestDatabase } from "./kit/database.ts";
import { insertAnyRow } from "./kit/isolation.ts";
import { planningDialect, type PlannedStatement } from "./kit/planning-dialect.ts";
import { registryContract } from "./registry.contract.ts";

/**
 * Tables that may be read from end to end, because they hold a handful of rows for the whole registry. Whoever adds one
 * says why.
 */
const TINY: readonly string[] = [];

const statements = new Map<string, PlannedStatement>();
let database: TestDatabase | null = null;

/** A database whose planner takes every page for one with a hundred thousand rows, and every table has a page. */
async function openLarge(): Promise<TestDatabase> {
  const opened = await openPostgres();
  database = opened;
  const tables = await opened.admin("select tablename from pg_tables where schemaname = 'public'");
  for (const { tablename } of tables) {
    // A row that is taken back leaves its page.
    await opened.rehearse((query) => insertAnyRow(query, String(tablename), null));
  }
  await opened.admin("alter system set autovacuum = off");
  await opened.admin("select pg_reload_conf()");
  await opened.admin(
    `update pg_class set relpages = case relkind when 'i' then 2 else 1 end, reltuples = 100000
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'i')`,
  );
  return opened;
}

// Everything the contract does is planned once, so a verb is covered as soon as it has a test there.
registryContract(openLarge, (dialect) => planningDialect(dialect, statements));

test("a statement that no index helps is noticed", async () => {
  if (database === null) throw new Error("the database is not open yet");
  const noticed = new Map<string, PlannedStatement>();
  const db = await openRegistryDb(planningDialect(database.dialect(), noticed), { migrate: false });
  const log = (tx: TenantDb) =>
    tx.selectFrom("extension_execution_log").select("id").where("tenant_id", "=", "t");
  await db.withTenant("t", (tx) => log(tx).where("request_id", "=", "r").execute());
  await db.withTenant("t", (tx) => tx.updateTable("extension_execution_log").set({ error: null }).execute());
  await db.housekeeping((tx) => tx.deleteFrom("extension_quota_usage").where("cpu_ms", ">", 5).execute());
  await db.close();
  expect([...noticed.values()].map(({ scans }) => scans)).toEqual([
    [],
    ["extension_execution_log"],
    ["extension_quota_usage"],
  ]);
});

test("every statement that the registry issues finds its rows through an index", () => {
  expect(statements.size).toBeGreaterThan(150);
  const whole = [...statements.values()].filter(({ scans }) => scans.some((table) => !TINY.includes(table)));
  expect(whole.map(({ sql, scans }) => `${scans.join()}: ${sql}`)).toEqual([]);
});
