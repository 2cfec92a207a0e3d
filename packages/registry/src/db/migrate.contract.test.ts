import { Kysely, sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openPostgres, type TestDatabase } from "../testing/kit/database.ts";
import { refusalOf, sqlStateOf } from "../testing/kit/rejection.ts";
import { migrate } from "./migrate.ts";
import { openRegistryDb } from "./registry-db.ts";

let database: TestDatabase | null = null;
const current = (): TestDatabase => {
  if (database === null) throw new Error("the database is not open yet");
  return database;
};
beforeAll(async () => {
  database = await openPostgres();
}, 120_000);
afterAll(async () => {
  await database?.close();
});

test("several migrators at once apply everything once", async () => {
  const { admin, ownerDialect } = current();
  const before = await admin("select name, checksum from extension_migration");
  await admin("create database fresh owner ext_owner");
  await Promise.all(
    Array.from({ length: 4 }, () => migrate({ dialect: ownerDialect("fresh"), appRole: "ext_app" })),
  );
  const db = new Kysely<unknown>({ dialect: ownerDialect("fresh") });
  const { rows } = await sql`select name, checksum from extension_migration`.execute(db);
  await db.destroy();
  expect(rows).toEqual(before);
});

test("a database of another release is refused and left alone", async () => {
  const { admin, ownerDialect } = current();
  const [row] = await admin("select name, checksum from extension_migration limit 1");
  await admin("update extension_migration set checksum = 'other' where name = $1", [row?.["name"]]);
  expect((await refusalOf(migrate({ dialect: ownerDialect() }))).code).toBe("schema_mismatch");
  await admin("update extension_migration set checksum = $2 where name = $1", [
    row?.["name"],
    row?.["checksum"],
  ]);
  await migrate({ dialect: ownerDialect() });
});

test("row-level security binds the owner too, where one role does everything", async () => {
  const db = await openRegistryDb(current().ownerDialect(), { migrate: true });
  const insert = (tenant: string) =>
    sql`insert into tenant_data_key values (${tenant}, 'kid', 'wrapped', 'kek', now())`;
  await db.withTenant("acme", (tx) => insert("acme").execute(tx));
  expect(await sqlStateOf(db.withTenant("globex", (tx) => insert("acme").execute(tx)))).toBe("42501");
  const count = sql<{ n: number }>`select count(*)::int as n from tenant_data_key`;
  expect((await db.withTenant("globex", (tx) => count.execute(tx))).rows).toEqual([{ n: 0 }]);
  expect((await db.shared((tx) => count.execute(tx))).rows).toEqual([{ n: 0 }]);
  expect((await db.withTenant("acme", (tx) => count.execute(tx))).rows).toEqual([{ n: 1 }]);
  await db.close();
});

test("the application's role cannot change the schema or the release log", async () => {
  const db = await openRegistryDb(current().dialect(), { migrate: false });
  for (const statement of [
    "create table x (y int)",
    "alter table release_event disable trigger release_event_frozen",
    "update release_event set hash = ''",
    "delete from release_event",
    "update extension_version set version = '9.9.9'",
    "truncate tenant_extension_install cascade",
    "drop policy release_event_read on release_event",
    "set session_replication_role = replica",
  ]) {
    expect(await sqlStateOf(db.shared((tx) => sql.raw(statement).execute(tx)))).toBe("42501");
  }
  await db.close();
});
