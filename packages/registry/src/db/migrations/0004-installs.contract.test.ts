import { Kysely, sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openPostgres, type TestDatabase } from "../../testing/kit/database.ts";
import { FIRST_TABLES } from "./0001-first-tables.ts";
import { INSTALL_TABLES } from "./0004-installs.ts";

let database: TestDatabase | null = null;
beforeAll(async () => {
  database = await openPostgres();
}, 120_000);
afterAll(async () => {
  await database?.close();
});

test("installs from before have a history and keep their host names, although the owner is bound by the policies", async () => {
  if (database === null) throw new Error("the database is not open yet");
  await database.admin("create database older owner ext_owner");
  const db = new Kysely<unknown>({ dialect: database.ownerDialect("older") });
  const ids = ["0", "1", "2", "3"].map((digit) => `${digit}0000000-0000-4000-8000-000000000000`);
  const [registryId = "", versionId = "", one = "", two = ""] = ids;
  await db.transaction().execute(async (tx) => {
    for (const statement of FIRST_TABLES) await sql.raw(statement).execute(tx);
    await sql`insert into extension_registry values (${registryId}, 'p', 'n', 'p.n', 'N', '', now(), now())`.execute(
      tx,
    );
    await sql`insert into extension_version values
      (${versionId}, ${registryId}, '1.0.0', 'r', 'm', '{}', '[]', 'null', '[]', '[]', '{}', 'x', now())`.execute(
      tx,
    );
    for (const [tenant, id, host] of [
      ["acme", one, "acme-1.ext.example"],
      ["globex", two, null],
    ] as const) {
      await sql`select set_config('app.tenant', ${tenant}, true)`.execute(tx);
      await sql`insert into tenant_extension_install
        (id, tenant_id, registry_id, version_id, granted_caps, granted_egress, runner_domain, created_at, updated_at)
        values (${id}, ${tenant}, ${registryId}, ${versionId}, '[]', '[]', ${host}, now(), now())`.execute(
        tx,
      );
    }
    await sql`select set_config('app.tenant', '', true)`.execute(tx);
    for (const statement of INSTALL_TABLES) await sql.raw(statement).execute(tx);
  });
  const seenBy = (tenant: string) =>
    db.transaction().execute(async (tx) => {
      await sql`select set_config('app.tenant', ${tenant}, true)`.execute(tx);
      const history =
        await sql`select install_id, seq, cause, until from tenant_extension_install_version`.execute(tx);
      const domains = await sql`select host, install_id, is_wanted from extension_domain`.execute(tx);
      return { history: history.rows, domains: domains.rows };
    });
  expect(await seenBy("acme")).toEqual({
    history: [{ install_id: one, seq: 1, cause: "install", until: null }],
    domains: [{ host: "acme-1.ext.example", install_id: one, is_wanted: true }],
  });
  expect(await seenBy("globex")).toEqual({
    history: [{ install_id: two, seq: 1, cause: "install", until: null }],
    domains: [],
  });
  expect(await seenBy("nobody")).toEqual({ history: [], domains: [] });
  await db.destroy();
});
