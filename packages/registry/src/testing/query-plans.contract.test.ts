import { expect, test } from "vitest";
import { openPostgres, type TestDatabase } from "./kit/database.ts";
import { planningDialect, type PlannedStatement } from "./kit/planning-dialect.ts";
import { registryContract } from "./registry.contract.ts";

/**
 * Tables that may be read from end to end, because they hold a handful of rows for the whole registry. Whoever adds one
 * says why.
 */
const TINY: readonly string[] = [];

const statements = new Map<string, PlannedStatement>();

/** A database whose planner takes every page for one with a hundred thousand rows. */
async function openLarge(): Promise<TestDatabase> {
  const database = await openPostgres();
  await database.admin("alter system set autovacuum = off");
  await database.admin("select pg_reload_conf()");
  await database.admin(
    `update pg_class set relpages = 1, reltuples = 100000
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'i')`,
  );
  return database;
}

// Everything the contract does is planned once, so a verb is covered as soon as it has a test there.
registryContract(openLarge, (dialect) => planningDialect(dialect, statements));

test("every statement that the registry issues finds its rows through an index", () => {
  expect(statements.size).toBeGreaterThan(150);
  const whole = [...statements.values()].filter(({ scans }) => scans.some((table) => !TINY.includes(table)));
  expect(whole.map(({ sql, scans }) => `${scans.join()}: ${sql}`)).toEqual([]);
});
