import { randomUUID } from "node:crypto";
import { Kysely } from "kysely";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { applyMigrations, migrate } from "../db/migrate.ts";
import { MIGRATIONS } from "../db/migrations/all.ts";
import { openPostgres, type PostgresDatabase } from "./kit/database.ts";

let database: PostgresDatabase;
beforeAll(async () => {
  database = await openPostgres();
}, 120_000);
afterAll(() => database.close());

test("of the data keys that are there the newest of each tenant is active, though policies bind the migrating owner", async () => {
  await database.admin("create database upgraded owner ext_owner");
  const before = MIGRATIONS.filter(({ name }) => name < "0005");
  const owner = new Kysely<unknown>({ dialect: database.ownerDialect("upgraded") });
  await applyMigrations(owner, { migrations: before });
  await owner.destroy();
  const client = new Client({ ...database.connection, user: "postgres", database: "upgraded" });
  await client.connect();
  try {
    const insert =
      "insert into tenant_data_key (tenant_id, kid, wrapped, kek_id, created_at) values ($1, $2, 'w', 'k', $3)";
    for (const tenant of ["acme", "globex"]) {
      await client.query(insert, [tenant, `${tenant}-old`, "2026-01-01"]);
      await client.query(insert, [tenant, `${tenant}-b`, "2026-02-01"]);
      await client.query(insert, [tenant, `${tenant}-a`, "2026-02-01"]);
    }
    // A secret whose key is long gone does not stop the migration.
    await client.query("set session_replication_role = replica");
    await client.query(
      `insert into tenant_extension_install_secrets
         (install_id, tenant_id, name, ciphertext, algorithm, key_id, version, created_at, updated_at)
       values ($1, 'acme', 'a', 'x', 'A256GCM', 'gone', 'v', now(), now())`,
      [randomUUID()],
    );
    await client.query("set session_replication_role = origin");

    await migrate({ dialect: database.ownerDialect("upgraded"), appRole: "ext_app" });

    const { rows } = await client.query("select kid from tenant_data_key where is_active order by kid");
    expect(rows).toEqual([{ kid: "acme-a" }, { kid: "globex-a" }]);
    // The release before this one runs on meanwhile, and knows no active key.
    await client.query(insert, ["acme", "acme-newer", "2026-03-01"]);
    const { rows: kept } = await client.query("select name from tenant_extension_install_secrets");
    expect(kept).toHaveLength(1);
    const { rows: forced } = await client.query(
      "select relforcerowsecurity as forced from pg_class where relname = 'tenant_data_key'",
    );
    expect(forced).toEqual([{ forced: true }]);
  } finally {
    await client.end();
  }
});
