import { sql } from "kysely";
import { beforeAll, describe, expect, test } from "vitest";
import { appendOutbox } from "../publish/append-outbox.ts";
import { sqlStateOf } from "./kit/rejection.ts";
import { installNew, principalOf, type World } from "./kit/world.ts";

const TENANT_TABLES = [
  ["tenant_extension_install", "tenant_id"],
  ["tenant_extension_install_config", "tenant_id"],
  ["tenant_extension_install_secrets", "tenant_id"],
  ["tenant_data_key", "tenant_id"],
  ["ext_storage_records", "tenant"],
  ["ext_storage_usage", "tenant"],
  ["extension_execution_log", "tenant_id"],
  ["extension_upload", "tenant_id"],
  ["extension_outbox", "tenant_id"],
  ["extension_api_key", "tenant_id"],
  ["release_event", "tenant_id"],
] as const;

/** What keeps tenants apart. */
export function tenancyContract(world: () => World): void {
  describe("tenancy", () => {
    let acme = "";
    let globex = "";

    beforeAll(async () => {
      const { registry } = world();
      const [one, two] = [await installNew(world()), await installNew(world())];
      for (const { tenantId, registryId, installId } of [one, two]) {
        await registry.setSecrets({ tenantId, registryId, secrets: { a: "1" } });
        const scope = { tenantId, installId };
        await registry.hostApi.storage(scope, { operation: "put", namespace: "n", key: "k", value: 1 });
        const row = { versionId: null, requestId: "r", method: "GET", path: "/", userId: null };
        await registry.executionLog.started({ tenantId, registryId, ...row });
        await registry.apiKeys.create({
          principal: principalOf(tenantId, ["extension:manage"]),
          name: "a key",
          permissions: ["extension:manage"],
        });
        await world().db.withTenant(tenantId, (tx) =>
          appendOutbox(tx, { kind: "test.happened", tenantId, payload: {}, at: new Date(0) }),
        );
        await registry.uploads.stage({
          filename: "a",
          size: 1,
          body: (async function* () {
            yield Uint8Array.of(1);
          })(),
          principal: { ...world().publisher, tenantId },
        });
      }
      [acme, globex] = [one.tenantId, two.tenantId];
    });

    test("every table with a tenant column has forced row-level security and a policy", async () => {
      const rows = await world().database.admin(`
        select c.relname as name, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
          (select count(*)::int from pg_policy p where p.polrelid = c.oid) as policies
        from pg_class c join pg_attribute a on a.attrelid = c.oid
        where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
          and a.attname in ('tenant', 'tenant_id') and not a.attisdropped
        order by 1`);
      expect(rows.map(({ name }) => name)).toEqual(TENANT_TABLES.map(([name]) => name).toSorted());
      for (const row of rows) {
        expect(row).toMatchObject({ enabled: true, forced: true });
        expect(row["policies"]).toBeGreaterThan(0);
      }
    });

    test("the application's role neither bypasses row-level security nor owns a table", async () => {
      const role = await world().db.shared((tx) =>
        sql<{
          name: string;
          bypass: boolean;
          superuser: boolean;
        }>`select rolname as name, rolbypassrls as bypass, rolsuper as superuser from pg_roles where rolname = current_user`.execute(
          tx,
        ),
      );
      expect(role.rows).toMatchObject([{ bypass: false, superuser: false }]);
      const owned = await world().database.admin(
        "select relname from pg_class c join pg_roles r on r.oid = c.relowner where r.rolname = $1",
        [role.rows[0]?.name],
      );
      expect(owned).toEqual([]);
    });

    test.each(TENANT_TABLES)("%s: one tenant's rows do not exist for another", async (table, column) => {
      const { db, database } = world();
      const own = sql<{ n: number }>`select count(*)::int as n from ${sql.table(table)}
        where ${sql.ref(column)} = ${acme}`;
      const seen = async (tenant: string) =>
        db.withTenant(tenant, async (tx) => (await own.execute(tx)).rows[0]?.n);
      expect(await seen(acme)).toBeGreaterThan(0);
      expect(await seen(globex)).toBe(0);
      expect(await db.shared(async (tx) => (await own.execute(tx)).rows[0]?.n)).toBe(0);

      const [row] = await database.admin(`select to_json(t) as row from ${table} t where ${column} = $1`, [
        acme,
      ]);
      const smuggle = db.withTenant(globex, (tx) =>
        sql`insert into ${sql.table(table)} overriding system value select * from
          json_populate_record(null::${sql.table(table)}, ${JSON.stringify(row?.["row"])}::json)`.execute(tx),
      );
      expect(await sqlStateOf(smuggle)).toBe("42501");
    });

    test.each(
      TENANT_TABLES.filter(
        ([table]) =>
          !["release_event", "tenant_data_key", "extension_outbox", "extension_api_key"].includes(table),
      ),
    )("%s: one tenant cannot change, steal or delete another's rows", async (table, column) => {
      const { db, database } = world();
      const all = () =>
        database.admin(`select count(*)::int as n from ${table} where ${column} = $1`, [acme]);
      const before = await all();
      const update = sql`update ${sql.table(table)} set ${sql.ref(column)} = ${globex}
          where ${sql.ref(column)} = ${acme}`;
      expect((await db.withTenant(globex, (tx) => update.execute(tx))).numAffectedRows).toBe(0n);
      expect(await sqlStateOf(db.withTenant(acme, (tx) => update.execute(tx)))).toBe("42501");
      const remove = sql`delete from ${sql.table(table)} where ${sql.ref(column)} = ${acme}`;
      const removal = db.withTenant(globex, (tx) => remove.execute(tx));
      const outcome = await removal.then(
        ({ numAffectedRows }) => numAffectedRows,
        (error: { code?: string }) => error.code,
      );
      expect([0n, "42501"]).toContain(outcome);
      expect(await all()).toEqual(before);
    });

    test("nothing of a tenant stays on a connection after an error", async () => {
      const { db } = world();
      const count = sql<{ n: number }>`select count(*)::int as n from tenant_extension_install`;
      const rounds = Array.from({ length: 20 }, async () => {
        await db
          .withTenant(acme, async (tx) => {
            await count.execute(tx);
            throw new Error("on purpose");
          })
          .catch(() => undefined);
        return db.shared(async (tx) => (await count.execute(tx)).rows[0]?.n);
      });
      expect(new Set(await Promise.all(rounds))).toEqual(new Set([0]));
    });

    test("mixed transactions of two tenants never see each other's rows", async () => {
      const { db } = world();
      const tenants = sql<{ tenant_id: string }>`select distinct tenant_id from tenant_extension_install`;
      const reads = Array.from({ length: 60 }, async (_, index) => {
        const tenant = index % 2 === 0 ? acme : globex;
        const { rows } = await db.withTenant(tenant, (tx) => tenants.execute(tx));
        return rows.every(({ tenant_id }) => tenant_id === tenant) && rows.length === 1;
      });
      expect(new Set(await Promise.all(reads))).toEqual(new Set([true]));
    });

    test("a tenant id that is no text is refused", async () => {
      for (const tenantId of ["", "a\0b", "x".repeat(256)]) {
        await expect(world().db.withTenant(tenantId, async () => 1)).rejects.toThrow(TypeError);
      }
    });
  });
}
