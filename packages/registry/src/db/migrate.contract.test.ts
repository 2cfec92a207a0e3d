import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Kysely, sql } from "kysely";
import { Client, Pool } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createPgDialect } from "../adapters/pg-dialect.ts";
import { openPostgres, type PostgresDatabase } from "../testing/kit/database.ts";
import { refusalOf, sqlStateOf } from "../testing/kit/rejection.ts";
import { applyMigrations, migrate } from "./migrate.ts";
import { MIGRATIONS } from "./migrations/all.ts";
import { openRegistryDb } from "./registry-db.ts";

let database: PostgresDatabase;
beforeAll(async () => {
  database = await openPostgres();
}, 120_000);
afterAll(() => database.close());

let databases = 0;
/** A new, empty database. */
async function fresh(): Promise<string> {
  const name = `fresh_${++databases}`;
  await database.admin(`create database ${name} owner ext_owner`);
  return name;
}

const appDialect = (name: string) =>
  createPgDialect(new Pool({ ...database.connection, user: "ext_app", database: name }));

async function inDatabase<T>(name: string, fn: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ ...database.connection, user: "postgres", database: name });
  await client.connect();
  try {
    return await fn(client);
  } finally {
    await client.end();
  }
}

/** Every table, column, index and policy: two databases with the same answer have the same schema. */
const schemaOf = (name: string) =>
  inDatabase(name, async (client) => {
    const { rows } = await client.query(`
      select 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable as it
        from information_schema.columns where table_schema = 'public'
      union all select 'index ' || indexdef from pg_indexes where schemaname = 'public'
      union all select 'policy ' || tablename || ' ' || policyname from pg_policies
      union all select 'grant ' || grantee || ' ' || privilege_type || ' ' || table_name
        from information_schema.role_table_grants where table_schema = 'public'
      union all select 'migration ' || name || checksum from extension_migration
      order by 1`);
    return rows;
  });

const locksOf = async (name: string) =>
  database.admin(
    "select l.mode from pg_locks l join pg_database d on d.oid = l.database where d.datname = $1 and locktype = 'advisory'",
    [name],
  );

test("several migrators at once apply everything once", async () => {
  const name = await fresh();
  await Promise.all(
    Array.from({ length: 4 }, () => migrate({ dialect: database.ownerDialect(name), appRole: "ext_app" })),
  );
  expect(await schemaOf(name)).toEqual(await schemaOf("ext"));
  expect(await locksOf(name)).toEqual([]);
});

test("two migrators beside an application: it is told to wait, then works, and nothing is half done", async () => {
  const name = await fresh();
  const outcomes: string[] = [];
  const end = new AbortController();
  const application = async (): Promise<void> => {
    while (!end.signal.aborted) {
      const opening = openRegistryDb(appDialect(name), { migrate: false });
      outcomes.push(
        await opening.then(
          () => "open",
          (error: { code?: string }) => error.code ?? "uncoded",
        ),
      );
      await (await opening.catch(() => null))?.close();
    }
  };
  const traffic = [application(), application()];
  await Promise.all(
    Array.from({ length: 2 }, () => migrate({ dialect: database.ownerDialect(name), appRole: "ext_app" })),
  );
  end.abort();
  await Promise.all(traffic);
  const db = await openRegistryDb(appDialect(name), { migrate: false });
  await db.close();
  const known = ["open", "schema_mismatch", "database_unavailable"];
  expect(outcomes.filter((outcome) => !known.includes(outcome))).toEqual([]);
  expect(outcomes[0]).toBe("schema_mismatch");
  expect(await schemaOf(name)).toEqual(await schemaOf("ext"));
});

test("a migrator that is killed half way leaves the schema and the lock as they were, and a second one completes", async () => {
  const name = await fresh();
  const older = new Kysely<unknown>({ dialect: database.ownerDialect(name) });
  await applyMigrations(older, { migrations: MIGRATIONS.slice(0, 1) });
  await older.destroy();
  const before = await schemaOf(name);
  await inDatabase(name, async (blocker) => {
    // What the second migration alters: by then statements of the transaction have run.
    await blocker.query("begin");
    await blocker.query("lock table extension_version in access share mode");
    const script = fileURLToPath(new URL("../testing/kit/migrate-once.ts", import.meta.url));
    const url = { ...database.connection, user: "ext_owner", database: name };
    const child = spawn(process.execPath, [script, JSON.stringify(url)], { stdio: "inherit" });
    const isBlocked = async (): Promise<boolean> => {
      const waiting = await database.admin(
        "select 1 from pg_stat_activity where datname = $1 and wait_event_type = 'Lock' and wait_event = 'relation'",
        [name],
      );
      return waiting.length > 0;
    };
    while (!(await isBlocked())) expect(child.exitCode).toBeNull();
    expect(await locksOf(name)).not.toEqual([]);
    child.kill("SIGKILL");
    await once(child, "exit");
    await blocker.query("rollback");
  });
  // The application of the release before goes on meanwhile, and a second migrator waits for the lock by itself.
  await inDatabase(name, (client) => client.query("select count(*) from extension_version"));
  await database.admin(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and usename = 'ext_owner'",
    [name],
  );
  expect(await schemaOf(name)).toEqual(before);
  await migrate({ dialect: database.ownerDialect(name), appRole: "ext_app" });
  expect(await schemaOf(name)).toEqual(await schemaOf("ext"));
  expect(await locksOf(name)).toEqual([]);
});

test("a table in use for five seconds ends the attempt, and nothing queues behind it for longer", async () => {
  const name = await fresh();
  const older = new Kysely<unknown>({ dialect: database.ownerDialect(name) });
  await applyMigrations(older, { migrations: MIGRATIONS.slice(0, 1) });
  await older.destroy();
  const from = performance.now();
  await inDatabase(name, async (blocker) => {
    await blocker.query("begin");
    await blocker.query("lock table extension_version in access share mode");
    const refusal = await refusalOf(migrate({ dialect: database.ownerDialect(name) }));
    expect(refusal.code).toBe("database_unavailable");
  });
  expect(performance.now() - from).toBeGreaterThan(4_900);
  expect(performance.now() - from).toBeLessThan(15_000);
  expect(await locksOf(name)).toEqual([]);
  await migrate({ dialect: database.ownerDialect(name), appRole: "ext_app" });
  expect(await schemaOf(name)).toEqual(await schemaOf("ext"));
}, 60_000);

test("a database that was migrated before there was a record of steps goes on as it is", async () => {
  const name = await fresh();
  const dialect = () => database.ownerDialect(name);
  const first = new Kysely<unknown>({ dialect: dialect() });
  await applyMigrations(first, { migrations: MIGRATIONS.slice(0, 1) });
  await sql`drop table extension_migration_step, extension_migration_lock`.execute(first);
  await sql`insert into extension_registry (publisher, name, slug, display_name, description, created_at, updated_at)
    values ('Acme', 'Old_Thing', 'acme.old_thing', '', '', now(), now())`.execute(first);
  await first.destroy();
  await migrate({ dialect: dialect(), appRole: "ext_app" });
  expect(await schemaOf(name)).toEqual(await schemaOf("ext"));
  const rows = await inDatabase(name, (client) =>
    client.query("select slug, lookalike from extension_registry"),
  );
  expect(rows.rows).toEqual([{ slug: "acme.old_thing", lookalike: "acme.old-thing" }]);
});

test("a database of another release is refused and left alone, one of a later release is used", async () => {
  const { admin, ownerDialect } = database;
  const [row] = await admin("select name, checksum from extension_migration limit 1");
  const setChecksum = (checksum: unknown) =>
    admin("update extension_migration set checksum = $2 where name = $1", [row?.["name"], checksum]);
  await setChecksum("other");
  expect((await refusalOf(migrate({ dialect: ownerDialect() }))).code).toBe("schema_mismatch");
  expect((await refusalOf(openRegistryDb(database.dialect(), { migrate: false }))).code).toBe(
    "schema_mismatch",
  );
  await setChecksum(row?.["checksum"]);
  await admin("insert into extension_migration values ('9999-later', 'unknown')");
  await admin("insert into extension_migration_step values ('9999-later', now()::text)");
  await migrate({ dialect: ownerDialect() });
  await (await openRegistryDb(database.dialect(), { migrate: false })).close();
  await admin("delete from extension_migration where name = '9999-later'");
  await admin("delete from extension_migration_step where name = '9999-later'");
});

test("row-level security binds the owner too, where one role does everything", async () => {
  const db = await openRegistryDb(database.ownerDialect(), { migrate: true });
  const insert = (tenant: string) =>
    sql`insert into extension_outbox (tenant_id, kind, payload, created_at)
      values (${tenant}, 'test.owner', '{}', now())`;
  await db.withTenant("acme", (tx) => insert("acme").execute(tx));
  expect(await sqlStateOf(db.withTenant("globex", (tx) => insert("acme").execute(tx)))).toBe("42501");
  const count = sql<{ n: number }>`select count(*)::int as n from extension_outbox`;
  expect((await db.withTenant("globex", (tx) => count.execute(tx))).rows).toEqual([{ n: 0 }]);
  expect((await db.shared((tx) => count.execute(tx))).rows).toEqual([{ n: 0 }]);
  expect((await db.withTenant("acme", (tx) => count.execute(tx))).rows).toEqual([{ n: 1 }]);
  expect((await db.housekeeping((tx) => count.execute(tx))).rows).toEqual([{ n: 1 }]);
  await db.close();
});

test("the application's role cannot change the schema, a version or the release log", async () => {
  const db = await openRegistryDb(database.dialect(), { migrate: false });
  for (const statement of [
    "create table x (y int)",
    "alter table release_event disable trigger release_event_frozen",
    "alter table tenant_extension_install no force row level security",
    "update release_event set hash = ''",
    "delete from release_event",
    "truncate release_event",
    "update extension_version set version = '9.9.9'",
    "delete from extension_version",
    "truncate extension_version cascade",
    "update extension_bundle set content_hash = 'sha256:' || repeat('0', 64)",
    "delete from extension_bundle",
    "delete from extension_api_endpoint",
    "truncate tenant_extension_install cascade",
    "drop policy release_event_read on release_event",
    "update extension_migration set checksum = ''",
    "set session_replication_role = replica",
    "set role ext_owner",
    "set role postgres",
  ]) {
    expect({ statement, state: await sqlStateOf(db.shared((tx) => sql.raw(statement).execute(tx))) }).toEqual(
      {
        statement,
        state: "42501",
      },
    );
  }
  await db.close();
});
